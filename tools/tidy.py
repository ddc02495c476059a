# SPDX-License-Identifier: Apache-2.0
"""Checks the laws of CONTRIBUTING.md that a script can check. Prints TAP, one test a law."""
import os
import re
import subprocess
import sys

FILE_LINES, FUNCTION_LINES, LINE_CHARS, PARAMETERS, COMPLEXITY = 800, 70, 100, 6, 15

# A folder may include itself and what its row names. One row a folder, lowest rank first.
RANKS = [
    ("base", []),
    ("model", ["base"]),
    ("net", ["base"]),
    ("media", ["base"]),
    ("store", ["base", "model", "net", "media"]),
    ("blob", ["base", "model", "net", "media"]),
    ("engine", ["base", "model", "net", "media"]),
    ("core", ["base", "model", "net", "media", "store", "blob", "engine"]),
    ("api", ["base", "model", "net", "core"]),
    ("studio", ["base", "model", "net", "core"]),
    ("app", ["base", "model", "net", "media", "store", "blob", "engine", "core", "api", "studio"]),
]
WORKER_MAY = ["base", "media"]
BANNED = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|alloca|gets|strncpy)\s*\(")
FUNCTION = re.compile(r"^[A-Za-z_].*\)\s*$")
CONTROL = re.compile(r"^ {16,}(if|for|while|switch|do)\b.*[({]")


def tracked(*patterns):
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns],
                         capture_output=True, text=True, check=True).stdout
    return [path for path in out.split("\n") if path and os.path.exists(path)]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read().split("\n")


def group(path):
    """The ranked folder of a path below src/, or "workers/NAME"."""
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "workers" else parts[0]


def check_ranks(sources):
    ranks = dict(RANKS)
    for path, lines in sources:
        if not path.startswith("src/"):
            continue
        own = group(path[4:])
        may = WORKER_MAY if own.startswith("workers/") else ranks.get(own)
        if may is None:
            yield f"{path}: src/{own} has no rank"
            continue
        for number, line in enumerate(lines, 1):
            found = re.match(r'#include "([^"]+)"', line)
            if not found:
                continue
            target = group(found.group(1))
            if not os.path.exists("src/" + found.group(1)) and not os.path.exists(
                    os.path.join(os.path.dirname(path), found.group(1))):
                yield f"{path}:{number}: includes {found.group(1)}, which is not below src/"
            elif "/" in found.group(1) and target != own and target not in may:
                yield f"{path}:{number}: {own} may not include {target}"


def check_private(sources):
    for path, lines in sources:
        for number, line in enumerate(lines, 1):
            found = re.match(r'#include "([^"]+)/[^/"]*_impl\.h"', line)
            if found and os.path.dirname(path) != "src/" + found.group(1):
                yield f"{path}:{number}: private header of {found.group(1)}"


def check_size(sources):
    for path, lines in sources:
        if len(lines) - 1 > FILE_LINES:
            yield f"{path}: {len(lines) - 1} lines, at most {FILE_LINES}"
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_CHARS:
                yield f"{path}:{number}: {len(line)} characters, at most {LINE_CHARS}"
            if CONTROL.match(line) and path.startswith("src/"):
                yield f"{path}:{number}: more than 3 levels"
            if line != line.rstrip():
                yield f"{path}:{number}: space at the end"


def check_functions(sources):
    for path, lines in sources:
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{" and number > 1:
                start = number
            elif line == "}" and start:
                if number - start - 1 > FUNCTION_LINES:
                    yield f"{path}:{start}: function of {number - start - 1} lines"
                start = None


def check_parameters(sources):
    for path, lines in sources:
        text = "\n".join(lines)
        for found in re.finditer(r"^[A-Za-z_][^;{}#()]*?\b(\w+)\(([^;{}]*)\)\n\{", text, re.M):
            depth = commas = 0
            for char in found.group(2):
                depth += (char == "(") - (char == ")")
                commas += char == "," and depth == 0
            if commas + 1 > PARAMETERS:
                number = text[:found.start()].count("\n") + 1
                yield f"{path}:{number}: {found.group(1)} takes {commas + 1} parameters"


def check_banned(sources):
    for path, lines in sources:
        for number, line in enumerate(lines, 1):
            found = BANNED.search(line)
            if found:
                yield f"{path}:{number}: {found.group(1)} is banned"
            if re.search(r"\b(TODO|FIXME|XXX)\b", line):
                yield f"{path}:{number}: leaves something to do"


def check_spdx(sources):
    for path, lines in sources:
        if lines[0] != "/* SPDX-License-Identifier: Apache-2.0 */":
            yield f"{path}: no SPDX line"
    for path in tracked("*meson.build", "scripts", "tools", "tests/*.py", "bench/*.py", "bench/*.sh"):
        if os.path.basename(path).startswith(".") or os.path.islink(path):
            continue
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in read(path)[:3]):
            yield f"{path}: no SPDX line"


def check_complexity(sources):
    paths = [path for path, _ in sources if path.endswith(".c")]
    try:
        out = subprocess.run(["pmccabe", *paths], capture_output=True, text=True).stdout
    except FileNotFoundError:
        yield "pmccabe is not installed"
        return
    for row in out.split("\n"):
        fields = row.split("\t")
        if len(fields) > 5 and int(fields[0]) > COMPLEXITY:
            yield f"{fields[5]}: complexity {fields[0]}, at most {COMPLEXITY}"


def check_format(sources):
    for path, _ in sources:
        run = subprocess.run(["clang-format-14", "--dry-run", "-Werror", path], capture_output=True)
        if run.returncode:
            yield f"{path}: not as clang-format 14 writes it (make format)"


CHECKS = [
    ("folders_include_only_what_is_below_them", check_ranks),
    ("private_headers_stay_in_their_folder", check_private),
    ("files_lines_and_nesting_stay_small", check_size),
    ("functions_stay_short", check_functions),
    ("functions_take_few_parameters", check_parameters),
    ("nothing_banned_is_called", check_banned),
    ("every_file_names_its_licence", check_spdx),
    ("no_function_is_a_maze", check_complexity),
    ("everything_is_formatted", check_format),
]


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    sources = [(path, read(path)) for path in tracked("src/*.c", "src/*.h", "tests/*.c", "tests/*.h",
                                                      "bench/*.c", "bench/*.h")]
    status = 0
    print(f"1..{len(CHECKS)}")
    for number, (name, check) in enumerate(CHECKS, 1):
        faults = list(check(sources))
        for fault in faults:
            print("# " + fault)
        print(f"{'not ok' if faults else 'ok'} {number} - {name}")
        status |= bool(faults)
    return status


if __name__ == "__main__":
    sys.exit(main())
