# SPDX-License-Identifier: Apache-2.0
"""Makes OpenAPI documents of docs/openapi/*.yaml.

    tools/openapi.py VERSION OUT.c       all documents as C, for the server
    tools/openapi.py VERSION NAME        one document as JSON: all, openai, apiframe, …

A source file describes one dialect. Beside OpenAPI's own words it has:

    tag, prefix        the dialect's name and the path that pins it
    errors             answers by status; `errors: [400, 404]` in an operation refers to them
    errors_always      those that every operation may give that needs a key; 400 comes by itself
                       where there are parameters
    schemas, examples  what OpenAPI has below components

An operation may leave out operationId, tags, security and servers: they follow from the file.

A dialect's document is its file alone, as it answers behind its prefix. The whole one joins all:
an operation that two dialects have comes from shared.yaml, which says how they are told apart.
"""
import copy
import glob
import hashlib
import json
import os
import re
import sys

import yaml

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs", "openapi")
DIALECTS = ("openai", "apiframe", "aivideoapi", "uniall")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
ORDER = ("shared", *DIALECTS, "vitascope")
KINDS = ("schemas", "responses", "parameters", "examples", "headers", "securitySchemes")


class Loader(yaml.SafeLoader):
    """YAML whose keys occur once and are strings, as JSON's are."""


def load_mapping(loader, node):
    keys = [str(key.value) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise SystemExit(f"{node.start_mark}: {key} is there twice")
    loader.flatten_mapping(node)  # "<<"
    return {str(key.value): loader.construct_object(value, deep=True) for key, value in node.value}


Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, load_mapping)
# Dates are text.
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def load(name):
    with open(os.path.join(FOLDER, name + ".yaml"), encoding="utf-8") as file:
        return yaml.load(file, Loader)


def operations(paths):
    for path, item in paths.items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def finish_operation(operation, part, servers):
    """Writes out what follows from the file."""
    is_public = operation.get("security") == []
    names = operation.pop("errors", []) + ([] if is_public else part.get("errors_always", []))
    if operation.get("parameters") and "400" in part.get("errors", {}):
        names.append(400)  # at least when they are badly encoded
    for status in sorted(map(str, names)):
        known = part["errors"][status]
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{known}"})
    operation["responses"] = dict(sorted(operation["responses"].items()))
    operation.setdefault("tags", [part["tag"]["name"]])
    if "security" in part:
        operation.setdefault("security", part["security"])
    if servers:
        operation.setdefault("servers", servers)


def read_part(name, version):
    part = load(name)
    components = {kind: part.pop(kind, {}) for kind in KINDS}
    # Each error becomes a response of its own, named after its dialect.
    for status, response in part.get("errors", {}).items():
        title = f"{name.capitalize()}Error{status}"
        components["responses"][title] = response
        part["errors"][status] = title
    part["components"] = components
    return part


def joined_components(parts):
    joined = {kind: {} for kind in KINDS}
    for part in parts:
        for kind, entries in part["components"].items():
            for name, entry in entries.items():
                if joined[kind].setdefault(name, entry) != entry:
                    raise SystemExit(f"{kind}/{name} is described twice")
    return joined


def references(value):
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "$ref":
                yield tuple(member.split("/")[-2:])
            elif key == "security":
                yield from (("securitySchemes", name) for one in member for name in one)
            else:
                yield from references(member)
    elif isinstance(value, list):
        for member in value:
            yield from references(member)


def used_components(paths, components):
    """Those that the paths need, directly or not."""
    found, rest = set(), set(references(paths))
    while rest:
        found |= rest
        new = set()
        for kind, name in rest:
            if name not in components[kind]:
                raise SystemExit(f"nobody describes {kind}/{name}")
            new |= set(references(components[kind][name]))
        rest = new - found
    return {kind: {name: entry for name, entry in components[kind].items() if (kind, name) in found}
            for kind in KINDS if any(kind == one for one, _ in found)}


def document(common, paths, tags, components, servers):
    return {"openapi": "3.1.0", "info": common["info"], "servers": servers, "tags": tags,
            "paths": paths, "components": used_components(paths, components)}


def add_paths(paths, part, servers, shared):
    """Adds a dialect's operations to the whole document, except those that are shared."""
    for path, item in copy.deepcopy(part["paths"]).items():
        there = paths.setdefault(path, {})
        for key, value in item.items():
            if key in METHODS and key in shared["paths"].get(path, {}):
                continue
            if key in there and there[key] != value:
                raise SystemExit(f"{key} {path} is described twice: it belongs into shared.yaml")
            if key in METHODS:
                finish_operation(value, part, servers)
            there[key] = value


def one_dialect(common, part, components):
    paths = copy.deepcopy(part["paths"])
    for _, _, operation in operations(paths):
        finish_operation(operation, part, None)
    servers = [{"url": part["prefix"], "description": part["tag"]["name"] + " alone"}]
    return document(common, paths, [part["tag"]], components, servers)


def pinned_servers(part):
    if "prefix" not in part:
        return None
    return [{"url": "/"},
            {"url": part["prefix"], "description": part["tag"]["name"] + " alone"}]


def documents(version):
    """{name: document}"""
    parts = {name: read_part(name, version) for name in ORDER}
    common = load("common")
    common["info"]["version"] = version
    components = joined_components([*parts.values(), {"components": {
        kind: common.get(kind, {}) for kind in KINDS}}])
    made = {name: one_dialect(common, parts[name], components) for name in DIALECTS}
    shared, paths = parts["shared"], {}
    for name in ORDER:
        add_paths(paths, parts[name], pinned_servers(parts[name]),
                  shared if name != "shared" else {"paths": {}})
    paths = dict(sorted(paths.items()))
    tags = [part["tag"] for part in parts.values()]
    return {"all": document(common, paths, tags, components, [{"url": "/"}]), **made}


def as_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def write_array(out, name, data):
    out.write(f"static const unsigned char {name}[] = {{")
    for start in range(0, len(data), 32):
        out.write("\n" + ",".join(map(str, data[start:start + 32])) + ",")
    out.write("\n};\n")


def write_c(path, made):
    with open(path, "w", encoding="utf-8") as out:
        out.write('/* Made by tools/openapi.py. */\n#include "api/spec.h"\n\n')
        for name, value in made.items():
            write_array(out, name + "_json", as_json(value))
        out.write("\nconst struct spec_document spec_documents[] = {\n")
        for name, value in made.items():
            tag = hashlib.sha256(as_json(value)).hexdigest()[:32]
            out.write(f'    {{"{name}", {name}_json, sizeof({name}_json), "\\"{tag}\\""}},\n')
        out.write("    {0},\n};\n")


def main():
    version, target = sys.argv[1:]
    made = documents(version)
    if target.endswith(".c"):
        write_c(target, made)
    else:
        print(json.dumps(made[target], ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
