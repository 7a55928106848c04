"""Words of libgphoto2's translations that the vocabulary of settings lacks.

Reads libgphoto2's catalogues (the folder po/ of its sources) and prints, setting by setting and word by word, how each
English spelling in rigcoach/tether/settings/vocabulary.toml is translated where that translation isn't there yet. A
translation that stands for two words of one setting is printed with both, to be decided by hand. Needs polib.

    python bench/catalogue_words.py PO-FOLDER
"""

import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import polib

from rigcoach.tether.settings.vocabulary import fold

VOCABULARY = Path(__file__).parents[1] / "rigcoach" / "tether" / "settings" / "vocabulary.toml"


def catalogues(folder: Path) -> dict[str, dict[str, str]]:
    """Return the translations that libgphoto2 shows, by language and English text; fuzzy ones it doesn't."""
    return {
        path.stem: {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.translated()}
        for path in sorted(folder.glob("*.po"))
    }


def main(folder: Path) -> int:
    """Print what is missing; return 1 where anything is."""
    translations = catalogues(folder)
    table: dict[str, dict[str, list[str]]] = tomllib.loads(VOCABULARY.read_text(encoding="utf-8"))
    missing = 0
    for setting, words in table.items():
        if setting == "blank":
            words = {key: [each.replace("*", "%04x") for each in spelled] for key, spelled in words.items()}
        known = {fold(each): word for word, spelled in words.items() for each in spelled}
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for word, spelled in words.items():
            for english in spelled:
                for language, texts in translations.items():
                    told = texts.get(english)
                    if told and fold(told) not in known:
                        found[told][word].add(language)
        for told, meanings in sorted(found.items()):
            missing += 1
            languages = sorted(set().union(*meanings.values()))
            print(setting, " / ".join(sorted(meanings)), told, " ".join(languages), sep="\t")
    print(f"{missing} translations in {len(translations)} languages are missing", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
