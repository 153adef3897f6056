"""Sentences that programs keep in English, in the reader's language.

Gate and trainer write their results beside it, with the numbers of that moment. A page shows them
sentence by sentence: in the reader's language where the catalogs have what one was made of, else
marked as English, so that a screen reader speaks it as such. `classifier.sentences.gate` has the
texts.
"""

from classifier.sentences.failures import failure
from classifier.sentences.moments import kept_day, kept_moment
from classifier.sentences.translation import figure, in_language, phrase, stored

__all__ = ["failure", "figure", "in_language", "kept_day", "kept_moment", "phrase", "stored"]
