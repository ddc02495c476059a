/* SPDX-License-Identifier: Apache-2.0 */
#include "api/fields.h"

struct str fields_str(struct faults *faults, struct jsonv value, const char *field)
{
    if (jsonv_type(value) == JSONR_STR)
        return jsonv_str(value, STR(""));
    if (!jsonv_is_absent(value))
        faults_add(faults, field, "must be a string");
    return (struct str){0};
}

/* The same, and it must be there and not be empty. */
static struct str required(struct faults *faults, struct jsonv value, const char *field)
{
    struct str text = fields_str(faults, value, field);

    if (jsonv_is_absent(value) || (text.ptr && text.len == 0))
        faults_add(faults, field, "is required");
    return text;
}

void fields_model(struct create *create, struct jsonv value)
{
    create->submit.model = required(&create->faults, value, "model");
}

void fields_prompt(struct create *create, struct jsonv value, int chars_max)
{
    struct str prompt = required(&create->faults, value, "prompt");

    if (str_utf8_count(prompt) > (size_t)chars_max)
        faults_add(&create->faults, "prompt", "must be at most %d characters", chars_max);
    create->submit.render.prompt = prompt;
}

bool fields_either(struct faults *faults, struct jsonv value, const char *field,
                   const char *const words[2], bool *second)
{
    struct str word = fields_str(faults, value, field);

    if (!word.ptr)
        return false;
    *second = str_eq_c(word, words[1]);
    if (*second || str_eq_c(word, words[0]))
        return true;
    faults_add(faults, field, "must be %s or %s", words[0], words[1]);
    return false;
}
