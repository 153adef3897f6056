"""Template filters: the keys of the queue in the reader's language."""

from django import template

from classifier.review.queue import shortcuts

register = template.Library()
register.filter("name_of", shortcuts.name_of)
register.filter("purpose_of", shortcuts.purpose_of)
register.filter("label_of", shortcuts.label_of)
