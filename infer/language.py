"""Whether a report is written in another language than English, which the shipped model does not read."""

import re
from functools import cache

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
MIN_WORDS = 5  # fewer words tell nothing
LIKELY = 0.5  # least probability of the language named
UNLIKELY = 0.01  # most probability left to English and its creole, Nigerian Pidgin
ENGLISH_SHARE = 0.15  # of function words among the words; running English has above 0.3
FUNCTION_WORDS = frozenset(
    "a an and are as at been by during for from had has have in into is it its of on or over said that the "
    "their they this to was were which while who with".split()
)


def other_than_english(text: str) -> str | None:
    """ISO 639 code of the language of a text that is surely not English, else None.

    Names tell nothing of a report's language, so words with a capital are left out where others
    remain. A text full of English function words needs no detector, which takes half a second to load.
    """
    words = WORD.findall(text)
    if not any(w[0].islower() for w in words):
        words = [w.lower() for w in words]
    words = [w for w in words if not w[0].isupper()]
    if len(words) < MIN_WORDS or sum(w in FUNCTION_WORDS for w in words) >= ENGLISH_SHARE * len(words):
        return None
    ranked = dict(_detector().rank(" ".join(words)))
    language = max(ranked, key=ranked.get)
    english = ranked["en"] + ranked["pcm"]
    return language if ranked[language] >= LIKELY and english <= UNLIKELY else None


@cache
def _detector():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
