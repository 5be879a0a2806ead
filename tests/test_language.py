from __future__ import annotations

import copy
import pickle

from photoprep.language import Sentence, in_language, say, say_number


def test_a_sentence_is_its_english_text() -> None:
    sentence = say("{name} weighs {size}.", name="a.jpg", size=3)
    assert sentence == "a.jpg weighs 3."
    assert in_language(sentence, "en") == "a.jpg weighs 3."


def test_one_and_many_have_forms_of_their_own() -> None:
    assert say_number(1, "{count} photo", "{count} photos") == "1 photo"
    assert say_number(0, "{count} photo", "{count} photos") == "0 photos"


def test_a_sentence_travels_between_processes() -> None:
    sentence = say("{reason} Again.", reason=say("It is {x}.", x=2))
    pickled = pickle.dumps(sentence)
    for travelled in (pickle.loads(pickled), copy.deepcopy(sentence)):  # noqa: S301 (our own)
        assert isinstance(travelled, Sentence)
        assert travelled.template == "{reason} Again."
        assert isinstance(travelled.values["reason"], Sentence)


def test_text_that_is_no_sentence_stays_as_it_is() -> None:
    assert in_language("工具箱", "zh") == "工具箱"
