from bench import pages

PAGE = "# Figures\n\nSaid once.\n\n## One\n\nold\n\n## Two\n\nkept\n"


def test_a_part_takes_the_place_of_its_predecessor_and_leaves_the_others() -> None:
    assert pages.replaced(PAGE, [["## One", "", "new"]]) == PAGE.replace("old", "new")


def test_a_new_part_comes_last() -> None:
    assert pages.replaced(PAGE, [["## Three", "", "new"]]) == PAGE + "\n## Three\n\nnew\n"


def test_a_part_says_when_and_where_it_was_measured() -> None:
    assert pages.dated(["## One", "", "| a |"], "Measured here.") == ["## One", "", "Measured here.", "", "| a |"]
