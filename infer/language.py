"""Whether a report is written in another language than English, which the shipped model does not read."""

import re
from functools import cache

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
MIN_WORDS = 5  # fewer words tell nothing
LIKELY = 0.5  # least probability of the language named
UNLIKELY = 0.01  # most probability left to English and its creole, Nigerian Pidgin
ENGLISH_SHARE = 0.1  # of COMMON words among the words; other languages have next to none
# Common in English reports, and hardly words of another language.
COMMON = frozenset(
    "and are by dead from has have into its killed operations said soldiers that the their they this to "
    "two were which while who with wounded attack attacks attacked carried civilians people".split()
)


def other_than_english(text: str) -> str | None:
    """ISO 639 code of the language of a text that is surely not English, else None.

    Names tell nothing of a report's language, so words with a capital are left out where others
    remain. A text full of common English words needs no detector, which takes half a second to load.
    """
    words = WORD.findall(text)
    if not any(w[0].islower() for w in words):
        words = [w.lower() for w in words]
    words = [w for w in words if not w[0].isupper()]
    if len(words) < MIN_WORDS or sum(w in COMMON for w in words) >= ENGLISH_SHARE * len(words):
        return None
    ranked = dict(_detector().rank(" ".join(words)))
    language = max(ranked, key=ranked.get)
    english = ranked["en"] + ranked["pcm"]
    return language if ranked[language] >= LIKELY and english <= UNLIKELY else None


@cache
def _detector():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
