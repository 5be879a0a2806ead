"""The words that stand on every page, whatever it shows."""

from __future__ import annotations

from photoprep.language import Language, in_language, say

_WORDS = {
    "skip": say("Skip to the content"),
    "parts": say("Parts of this page"),
    "attention": say("To look at first"),
    "nothing": say("Nothing is missing or doubtful."),
    "not_prepared": say("Not prepared"),
    "error": say("Wrong"),
    "warning": say("To check"),
    "what_to_do": say("What to do:"),
    "remarks": say("Remarks"),
    "mails": say("Mails"),
    "open_draft": say("Open the draft"),
    "letter": say("Letter"),
    "no_subject": say("(no subject)"),
    "products": say("Products"),
    "missing": say("missing"),
    "unclear": say("not told"),
    "pictures": say("Pictures"),
    "search": say("Search pictures"),
    "search_hint": say("Product, file name, remark …"),
    "only_remarks": say("Only those with remarks"),
    # The script of the page puts figures in the places of what stands in brackets.
    "shown": say("{shown} of {all} shown", shown="[shown]", all="[all]"),
    "none_shown": say("No picture fits that search."),
    "sheets": say("Sheets"),
    "skipped": say("Left aside"),
    "before": say("Original"),
    "after": say("Prepared"),
    "compare": say("Original and prepared picture: share of the original that is shown"),
    "no_original": say("There is no picture of the original here to compare with."),
    "not_here": say("The picture is not beside this page. Keep the page in its folder."),
    "previous": say("Previous picture"),
    "next": say("Next picture"),
    "close": say("Close"),
    "zoom": say("Size on the screen"),
    "fit": say("Whole"),
    "stopped": say(
        "This page has not been renewed for a while: the run was probably interrupted. Run "
        "photoprep again on the same folder; it goes on where it stopped."
    ),
    "made_by": say("Made by photoprep"),
    "offline": say("This page asks nothing of the network. Keep it beside its folders."),
}


def words_in(language: Language) -> dict[str, str]:
    """The words by their names, in a language."""
    return {name: in_language(word, language) for name, word in _WORDS.items()}
