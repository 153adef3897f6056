"""Actions that ask in a dialog before they do something."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.utils.functional import Promise
from unfold.decorators import action


def dialog_action(
    *,
    description: str | Promise,
    icon: str,
    permission: str,
    title: str | Promise,
    text: str | Promise,
    submit: str | Promise,
    form: type[Form] | None = None,
) -> Callable[[Any], Any]:
    """Return a decorator for a method that acts once its dialog is confirmed.

    Args:
        description: the button's words.
        permission: which ``has_…_permission`` decides who sees the button and may act.
        title, text, submit: what the dialog says, and the words of its own button.
        form: what the dialog asks for, if anything.
    """
    dialog = {
        "title": title,
        "description": text,
        "form_class": form,
        "form_submit_text": submit,
    }
    decorate: Callable[[Any], Any] = action(
        description=description, icon=icon, permissions=[permission], dialog=dialog
    )
    return decorate
