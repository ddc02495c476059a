# SPDX-License-Identifier: Apache-2.0
"""Errors as each dialect shapes them."""


def told(dialect, answer):
    """(status, code, type) of an error; None where the dialect has no such thing."""
    body = answer.json()
    error = body["error"]
    if dialect == "apiframe":
        assert isinstance(error, str) and error and set(body) <= {
            "error", "details", "creditsRequired", "creditsAvailable"}, body
        return answer.status_code, None, None
    assert error["message"]
    if dialect is None:  # our own
        assert set(body) == {"error"} and set(error) <= {"message", "code", "param"}, body
        assert error["code"] == answer.status_code
        return answer.status_code, None, None
    if dialect == "openai":
        assert set(error) == {"message", "type", "param", "code"} and set(body) == {"error"}, body
    elif dialect == "aivideoapi":
        assert set(error) == {"code", "message", "type"} and set(body) == {"error"}, body
    else:
        assert (body["code"], body["message"], body["data"]) == (error["code"], error["message"],
                                                                 None)
    return answer.status_code, error["code"], error["type"]


REQUEST = "invalid_request_error"
UNKNOWN_KEY = {None: (401, None, None), "apiframe": (401, None, None),
               "openai": (401, "invalid_api_key", REQUEST),
               "aivideoapi": (401, "invalid_api_key", "authentication_error"),
               "uniall": (401, "invalid_api_key", "authentication_error")}
DISABLED_KEY = {**UNKNOWN_KEY, None: (403, None, None), "apiframe": (403, None, None)}
SPENT = {"apiframe": (429, None, None), "openai": (429, "insufficient_quota", "insufficient_quota"),
         "aivideoapi": (429, "spend_limit_exceeded", "billing_error"),
         "uniall": (429, "spend_limit_exceeded", "billing_error")}
RATE = {None: (429, None, None), "apiframe": (429, None, None),
        "openai": (429, "rate_limit_exceeded", "requests"),
        "aivideoapi": (429, "rate_limit_exceeded", "rate_limit_error"),
        "uniall": (429, "rate_limit_exceeded", "rate_limit_error")}
ADDRESS = {None: (403, None, None), "apiframe": (403, None, None),
           "openai": (403, "ip_not_authorized", REQUEST),
           "aivideoapi": (403, "ip_not_allowed", "permission_error"),
           "uniall": (403, "ip_not_allowed", "permission_error")}
MODEL = {"apiframe": (403, None, None), "openai": (403, "model_not_found", REQUEST),
         "aivideoapi": (403, "model_not_allowed", "permission_error"),
         "uniall": (403, "model_not_allowed", "permission_error")}
SCOPE = {None: (403, None, None), "apiframe": (403, None, None),
         "openai": (403, "insufficient_permissions", REQUEST),
         "aivideoapi": (403, "permission_denied", "permission_error"),
         "uniall": (403, "permission_denied", "permission_error")}
NOT_FOUND = {None: (404, None, None), "apiframe": (404, None, None),
             "openai": (404, "not_found", REQUEST),
             "aivideoapi": (404, "task_not_found", REQUEST),
             "uniall": (404, "task_not_found", REQUEST)}
CONFLICT = {"apiframe": (409, None, None), "openai": (409, "conflict", REQUEST),
            "aivideoapi": (409, "conflict", REQUEST), "uniall": (409, "conflict", REQUEST)}
