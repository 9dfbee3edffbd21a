import pytest

from scripts.translations.loose import words


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Nothing waits.</p>", [(1, "Nothing waits.")]),
        ('<p>{% translate "Nothing waits." %}</p>', []),
        ("<p>{% blocktranslate count n=n %}One case{% plural %}{{ n }} cases{% endblocktranslate %}</p>", []),
        ("{# A note #}{% comment %}Another{% endcomment %}<p></p>", []),
        ('\n<img alt="A picture">', [(2, "A picture")]),
        ("""<img alt="{% translate 'A picture' %}">""", []),
        ('<a class="btn" href="/review/" data-key="e">{{ word }}</a>', []),
        ("<code>make demo</code><kbd>Enter</kbd>", []),
        ("<td>SHA-256</td><td>{{ n }} px</td>", []),
        ("<script>let word = 1;</script>", []),
        ('{% include "parts/problem.html" with what="It was not saved." %}', [(1, "It was not saved.")]),
        ('{% include "parts/problem.html" with what=_("It was not saved.") %}', []),
        ('{% include "a.html" with what=_("Not saved.") advice=_("Look at the fields.") %}', []),
        ('<option translate="no">GET /me</option><option>The caller</option>', [(1, "The caller")]),
        ('<input translate="no" placeholder="https://">', []),
        ('{{ here|default:"Sections" }}', [(1, "Sections")]),
        ('{% if state == "Open now" %}{% endif %}', []),
    ],
)
def test_words_outside_translation_tags_are_found_with_their_line(template: str, found: list[tuple[int, str]]) -> None:
    assert words(template) == found
