"""`manage.py check` and every worker's start say whether the champion can be used."""

from django.core import checks
from django.db import DatabaseError

from classifier.versions import registry


@checks.register(checks.Tags.files)
def champion_is_usable(**_: object) -> list[checks.CheckMessage]:
    """A damaged champion is an error; a machine where nothing is registered yet gets a warning."""
    try:
        problem = registry.check_champion()
    except DatabaseError:
        # Before the first migrate, or without a database, there is no champion to judge.
        return []
    if problem is None:
        return _loaded_everywhere()
    if isinstance(problem, registry.NoChampionError):
        return [checks.Warning(str(problem), id="classifier.W001")]
    return [checks.Error(str(problem), id="classifier.E001")]


def _loaded_everywhere() -> list[checks.CheckMessage]:
    """Whole here is not yet loaded there; a warning, since an error would keep commands out."""
    champion = registry.champion()
    if champion is None or not champion.load_error:
        return []
    text = (
        f"{champion} is the champion, but a worker could not load it and goes on with the model it "
        f"has. {champion.load_error}"
    )
    return [checks.Warning(text, id="classifier.W002")]
