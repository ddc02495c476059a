# SPDX-License-Identifier: Apache-2.0
"""Holds answers against the server's OpenAPI documents.

Here the schemas are taken to be complete: a member that an object's schema does not list is a
fault, though a client should not mind one.
"""
import collections
import copy
import functools
import importlib.util
import json
import os
import re
import urllib.request

import jsonschema
import requests

import rig

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
DIALECTS = ("openai", "apiframe", "aivideoapi", "uniall")

# What the server may say of any message, before a route is known.
OF_ANY_MESSAGE = {400, 405, 408, 413, 414, 431, 501, 505}

Operation = collections.namedtuple("Operation", "method path prefixes entry")


def close_objects(schema):
    """Adds additionalProperties: false wherever properties are listed."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            schema.setdefault("additionalProperties", False)
        for member in schema.values():
            close_objects(member)
    elif isinstance(schema, list):
        for member in schema:
            close_objects(member)


class Document:
    def __init__(self, document):
        self.document = document
        self.closed = copy.deepcopy(document)
        close_objects(self.closed)
        self.patterns = [
            (operation, re.compile("/".join("[^/]+" if "{" in part else re.escape(part)
                                            for part in operation.path.split("/"))))
            # What is spelt out goes before what has a parameter.
            for operation in sorted(self.operations(), key=lambda one: one.path.count("{"))]

    def operations(self):
        """[(method, path, prefixes, entry)]; the prefix "" stands for none."""
        found = []
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    servers = (item[method].get("servers") or item.get("servers")
                               or self.document["servers"])
                    found.append(Operation(method, path,
                                           [one["url"].rstrip("/") for one in servers],
                                           item[method]))
        return found

    def resolve(self, value, closed=False):
        while "$ref" in value:
            at = self.closed if closed else self.document
            for part in value["$ref"].split("/")[1:]:
                at = at[part]
            value = at
        return value

    def find(self, method, path):
        method = "get" if method == "HEAD" else method.lower()
        for operation, pattern in self.patterns:
            if operation.method == method and pattern.fullmatch(path):
                return operation
        return None

    def faults(self, schema, value, closed=False):
        """What is wrong with a value; `schema` comes from self.document, or from self.closed."""
        document = self.closed if closed else self.document
        validator = jsonschema.Draft202012Validator(
            schema, resolver=jsonschema.RefResolver.from_schema(document),
            format_checker=jsonschema.FormatChecker())
        error = jsonschema.exceptions.best_match(validator.iter_errors(value))
        return f"{error.json_path}: {error.message[:300]}" if error else None

    def fault_of(self, answer):
        """What is wrong with an answer to one of our operations, or None."""
        operation = self.find(answer.method, answer.path)
        if not operation:
            return None if answer.status in (400, 404, 405) else "the path is not documented"
        entry = self.closed["paths"][operation.path][operation.method]
        response = entry["responses"].get(str(answer.status))
        if not response:
            return None if answer.status in OF_ANY_MESSAGE else "the status is not documented"
        content = self.resolve(response, closed=True).get("content", {})
        if answer.method == "HEAD" or (not content and not answer.body):
            return None
        major = answer.type.split("/")[0] + "/*"
        media = content.get(answer.type) or content.get(major)
        if media is None:
            return f"the type {answer.type} is not documented"
        if answer.type != "application/json":
            return None
        return self.faults(media["schema"], json.loads(answer.body), closed=True)


class Answer:
    def __init__(self, method, path, status, type_, body):
        self.method, self.path, self.status, self.type = method, path, status, type_
        self.body = body

    @classmethod
    def of(cls, response):
        """Of an answer of `requests`; a body that is not JSON is not looked at."""
        path = "/" + response.request.url.split("/", 3)[3].split("?")[0]
        type_ = response.headers.get("Content-Type", "").split(";")[0]
        body = response.content if type_ == "application/json" else type_.encode()
        return cls(response.request.method, path, response.status_code, type_, body)


class Documents:
    """The whole document and those of the dialects: {name: document}."""

    def __init__(self, documents):
        self.whole = Document(documents["all"])
        self.of_dialect = {name: Document(documents[name]) for name in DIALECTS}

    @classmethod
    def of_server(cls, url):
        def get(path):
            with urllib.request.urlopen(url + path, timeout=60) as answer:
                return json.load(answer)

        return cls({"all": get("/openapi.json"),
                    **{name: get(f"/{name}/openapi.json") for name in DIALECTS}})

    @classmethod
    def of_sources(cls):
        path = os.path.join(rig.ROOT, "tools", "openapi.py")
        spec = importlib.util.spec_from_file_location("openapi", path)
        tool = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tool)
        return cls(tool.documents("test"))

    def fault_of(self, answer):
        """Behind a prefix the dialect's own document counts."""
        first, _, rest = answer.path[1:].partition("/")
        if first not in self.of_dialect:
            return self.whole.fault_of(answer)
        behind = Answer(answer.method, "/" + rest, answer.status, answer.type, answer.body)
        return self.of_dialect[first].fault_of(behind)


class Watch:
    """Looks at every answer that a test gets by `requests` from a server of ours."""

    def __init__(self, is_ours):
        self.is_ours, self.documents = is_ours, None
        self.faults, self.count = [], 0
        self.send = requests.Session.send

        @functools.wraps(self.send)
        def send(session, request, **more):
            response = self.send(session, request, **more)
            self.look(response)
            return response

        requests.Session.send = send

    def look(self, response):
        url = "/".join(response.url.split("/")[:3])
        if not self.is_ours(url):
            return
        self.documents = self.documents or Documents.of_sources()
        answer = Answer.of(response)
        fault = self.documents.fault_of(answer)
        self.count += 1
        if fault:
            self.faults.append(f"{answer.method} {answer.path} -> {answer.status}: {fault}")

    def end(self):
        requests.Session.send = self.send
