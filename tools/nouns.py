#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes diorama's table of nouns from WordNet.

    tools/nouns.py WORDNET_FOLDER OUTPUT.c

Each noun whose most usual sense is a kind, or an example, of something that diorama draws is
listed with the word that it draws it for: "beagle" with "dog". Without WordNet the table is empty.
"""
import os
import sys

# WordNet's lemma and sense number; the phrase of the lexicon; whether it is only the nearest.
ANCHORS = [
    ("dog", 1, "dog", 0), ("cat", 1, "cat", 0), ("horse", 1, "horse", 0), ("pony", 1, "horse", 0),
    ("wolf", 1, "wolf", 0), ("fox", 1, "fox", 0), ("deer", 1, "deer", 0), ("zebra", 1, "zebra", 0),
    ("donkey", 1, "horse", 1), ("camel", 1, "horse", 1), ("cattle", 1, "cow", 0),
    ("bear", 1, "bear", 0), ("lion", 1, "lion", 0), ("tiger", 2, "tiger", 0),
    ("sheep", 1, "sheep", 0), ("elephant", 1, "elephant", 0), ("antelope", 1, "deer", 1),
    ("goat", 1, "sheep", 1), ("bovine", 1, "cow", 1),
    ("big_cat", 1, "lion", 1), ("wildcat", 3, "cat", 1), ("rabbit", 1, "cat", 1),
    ("person", 1, "person", 0), ("people", 1, "people", 0), ("car", 1, "car", 0),
    ("motor_vehicle", 1, "car", 1),
    ("mountain", 1, "mountain", 0), ("hill", 1, "hill", 0), ("valley", 1, "valley", 0),
    ("canyon", 1, "canyon", 0), ("desert", 1, "desert", 0), ("glacier", 1, "glacier", 0),
    ("ocean", 1, "ocean", 0), ("sea", 1, "sea", 0), ("lake", 1, "lake", 0),
    ("island", 1, "island", 0), ("beach", 1, "beach", 0), ("shore", 1, "shore", 0),
    ("bay", 1, "bay", 0), ("forest", 2, "forest", 0), ("tree", 1, "tree", 0),
    ("grass", 1, "grass", 0), ("grassland", 1, "meadow", 0), ("flower", 1, "flower", 0),
    ("garden", 1, "garden", 0), ("park", 2, "park", 0),
    ("city", 1, "city", 0), ("street", 1, "street", 0), ("road", 1, "road", 0),
    ("skyscraper", 1, "skyscraper", 0), ("restaurant", 1, "cafe", 0), ("shop", 1, "shop", 0),
    ("cloud", 2, "cloud", 0), ("snow", 1, "snow", 0), ("rain", 1, "rain", 0), ("fog", 1, "fog", 0),
    ("storm", 1, "storm", 0),
    ("bird", 1, "bird", 0), ("eagle", 1, "eagle", 0), ("hawk", 1, "eagle", 0),
    ("gull", 2, "gull", 0), ("pigeon", 1, "pigeon", 0),
    ("fish", 1, "fish", 0), ("shark", 1, "shark", 0), ("sea_turtle", 1, "turtle", 0),
    ("jellyfish", 2, "jellyfish", 0), ("coral_reef", 1, "coral reef", 0),
    ("whale", 2, "whale", 0), ("dolphin", 2, "dolphin", 0),
    ("boat", 1, "boat", 0), ("ship", 1, "ship", 0), ("sailing_vessel", 1, "sailboat", 0),
    ("canoe", 1, "canoe", 0), ("train", 1, "train", 0), ("locomotive", 1, "train", 0),
    ("steam_locomotive", 1, "steam locomotive", 0),
    ("airplane", 1, "airplane", 0), ("propeller_plane", 1, "propeller plane", 0),
    ("balloon", 1, "balloon", 0), ("hot-air_balloon", 1, "hot air balloon", 0),
    ("village", 1, "village", 0), ("cottage", 1, "cottage", 0),
    ("living_room", 1, "living room", 0), ("bedroom", 1, "bedroom", 0),
    ("kitchen", 1, "kitchen", 0), ("library", 1, "library", 0), ("sofa", 1, "sofa", 0),
]
SENSES_OF_PLACES = 3  # of names, that often have a saint or a battle first
LETTERS_MIN = 3
VERB_SENSES_RARE = 2
OTHER_SENSES = set("""
teal perch sole ray skate swift chat rail stilt bass
bale beef bore bourbon chosen cinematographer closer cog common commuter concord cooling cork
director draw electric entire eve flicker generation gore grill hog hood hulk independence launch
longer mend mere monitor munch narrator peer perm pitcher pout prey providence sallow smelt sooner
spook sprinkle steer stint stud technical viewer videographer wade wag ward whiff
""".split())
PLANTS = ("tree", "grass", "flower")
ANIMALS = ("cat", "dog", "horse", "bird", "fish", "shark", "wolf", "fox", "bear", "lion", "tiger",
           "deer", "cow", "sheep", "zebra", "elephant")


def read_synsets(path):
    """Offset of each noun synset: its lemmas, and what it is a kind or an example of."""
    synsets = {}
    with open(path, encoding="latin-1") as file:
        for line in file:
            if line.startswith("  "):
                continue
            fields = line.split("|")[0].split()
            count = int(fields[3], 16)
            pointers = fields[4 + 2 * count + 1:]
            above = [pointers[i + 1] for i in range(0, len(pointers) - 3, 4)
                     if pointers[i] in ("@", "@i")]
            synsets[fields[0]] = above
    return synsets


def read_index(path):
    """Each lemma's synsets, the most usual sense first."""
    index = {}
    with open(path, encoding="latin-1") as file:
        for line in file:
            if line.startswith("  "):
                continue
            fields = line.split()
            index[fields[0]] = fields[-int(fields[2]):]
    return index


def nearest(offset, synsets, anchors):
    """The first anchor on the way up, breadth first."""
    seen, level = set(), [offset]
    while level:
        for synset in level:
            if synset in anchors:
                return anchors[synset]
        seen.update(level)
        level = [up for synset in level for up in synsets.get(synset, []) if up not in seen]
    return None


def table(folder):
    synsets = read_synsets(os.path.join(folder, "data.noun"))
    index = read_index(os.path.join(folder, "index.noun"))
    # A word that is as well a verb or an adjective is rarely meant as somebody.
    verbs = read_index(os.path.join(folder, "index.verb"))
    others = {verb for verb, senses in verbs.items() if len(senses) > VERB_SENSES_RARE}
    others |= set(read_index(os.path.join(folder, "index.adj")))
    anchors = {index[lemma][sense - 1]: (phrase, near) for lemma, sense, phrase, near in ANCHORS}
    rows = {}
    for lemma, senses in index.items():
        word = lemma.replace("_", " ").replace("-", " ").replace("'s", "")
        if word.count(" ") > 1 or len(word) < LETTERS_MIN or not word.replace(" ", "").isalpha():
            continue
        found = nearest(senses[0], synsets, anchors)
        if len(senses) > 1 and (not found or found[0] == "person"):
            second = nearest(senses[1], synsets, anchors)
            found = second if second and second[0] in ANIMALS else found
        for sense in senses[1:SENSES_OF_PLACES]:
            if not found and lemma not in others:
                found = nearest(sense, synsets, anchors)
                found = found if found and found[0] in ("city", "mountain", "lake") else None
        if word in OTHER_SENSES:
            found = None
        if found and found[0] in PLANTS and len(senses) > 1:
            found = None  # as often something else: "chess" is a grass, too
        is_person = found and found[0] in ("person", "people")
        if not found or (is_person and (lemma in others or " " in word)):
            continue
        rows[word] = found
    return rows


def main():
    folder, output = sys.argv[1:3]
    rows = table(folder) if os.path.exists(os.path.join(folder, "data.noun")) else {}
    with open(output, "w", encoding="ascii") as file:
        file.write('/* Made by tools/nouns.py from WordNet 3.0, Copyright 2006 by Princeton '
                   'University. */\n#include "workers/diorama/prompt/lexicon.h"\n\n'
                   "const struct lexicon_noun lexicon_nouns[] = {\n")
        for word in sorted(rows):
            file.write('    {"%s", "%s", %s},\n' % (word, rows[word][0],
                                                   "true" if rows[word][1] else "false"))
        file.write('    {"", "", false},\n};\n'
                   "const size_t lexicon_noun_count = %d;\n" % len(rows))


if __name__ == "__main__":
    main()
