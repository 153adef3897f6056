"""The label tree."""

from classifier import taxonomy


def test_there_are_three_main_classes_with_three_subclasses_each() -> None:
    """The tree is the study's: three main classes, nine subclasses, none named twice."""
    assert taxonomy.MAIN_CLASSES == ("Clothing", "Shoes", "Bags")
    assert [len(subs) for subs in taxonomy.TAXONOMY.values()] == [3, 3, 3]
    assert len(set(taxonomy.SUBCLASSES)) == 9


def test_every_subclass_knows_its_main_class() -> None:
    """From a subclass one gets to the main class that lists it."""
    for main, subs in taxonomy.TAXONOMY.items():
        assert all(taxonomy.MAIN_OF[sub] == main for sub in subs)


def test_tags_read_as_people_say_them() -> None:
    """A tag is shown as a path, as the main class alone, or as Unknown/Others."""
    assert taxonomy.label_path("Bags", "Tote Bags") == "Bags › Tote Bags"
    assert taxonomy.label_path("Bags", None) == "Bags"
    assert taxonomy.label_path(None, None) == "Unknown/Others"
