"""Sentences that programs keep, and the names of figures, in the reader's language."""

from django import template

from classifier.sentences import figure, in_language

register = template.Library()
register.filter("in_language", in_language)
register.filter("figure", figure)
