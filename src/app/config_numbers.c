/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_numbers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/str.h"

/* A node, what it should be, and under which key it stands. */
struct place {
    yaml_node_t *node;
    const cyaml_schema_value_t *schema;
    const char *key;
};

static bool is_number(const cyaml_schema_value_t *schema, struct str text)
{
    int64_t integer = 0;
    char *end = NULL;

    if (schema->type == CYAML_INT || schema->type == CYAML_UINT)
        return str_to_int(text, &integer);
    if (schema->type != CYAML_FLOAT)
        return true;
    strtod(text.ptr, &end);
    return text.len && end == text.ptr + text.len;
}

static bool check(yaml_document_t *document, const struct place *place, struct err *err);

static bool check_member(yaml_document_t *document, const struct place *place,
                         const yaml_node_pair_t *pair, struct err *err)
{
    const cyaml_schema_field_t *field = place->schema->mapping.fields;
    yaml_node_t *key = yaml_document_get_node(document, pair->key);
    struct place member = {.node = yaml_document_get_node(document, pair->value)};

    while (field->key && strcmp(field->key, (const char *)key->data.scalar.value) != 0)
        field++;
    if (!field->key)
        return true;
    member.schema = &field->value;
    member.key = field->key;
    return check(document, &member, err);
}

static bool check_mapping(yaml_document_t *document, const struct place *place, struct err *err)
{
    const yaml_node_pair_t *pair = place->node->data.mapping.pairs.start;

    for (; pair < place->node->data.mapping.pairs.top; pair++) {
        if (!check_member(document, place, pair, err))
            return false;
    }
    return true;
}

static bool check_sequence(yaml_document_t *document, const struct place *place, struct err *err)
{
    const yaml_node_item_t *item = place->node->data.sequence.items.start;

    for (; item < place->node->data.sequence.items.top; item++) {
        struct place entry = {yaml_document_get_node(document, *item),
                              place->schema->sequence.entry, place->key};

        if (!check(document, &entry, err))
            return false;
    }
    return true;
}

/* Goes as deep as the schema, whatever the file refers to. */
static bool check(yaml_document_t *document, const struct place *place, struct err *err)
{
    const yaml_node_t *node = place->node;

    if (node->type == YAML_MAPPING_NODE && place->schema->type == CYAML_MAPPING)
        return check_mapping(document, place, err);
    if (node->type == YAML_SEQUENCE_NODE && place->schema->type == CYAML_SEQUENCE)
        return check_sequence(document, place, err);
    if (node->type != YAML_SCALAR_NODE ||
        is_number(place->schema,
                  str_from_bytes((const char *)node->data.scalar.value, node->data.scalar.length)))
        return true;
    return err_set(err, ERR_INVALID, "%s: \"%.40s\" is not a number", place->key,
                   (const char *)node->data.scalar.value);
}

static bool check_file(FILE *file, const cyaml_schema_value_t *schema, struct err *err)
{
    struct place root = {.schema = schema, .key = "configuration"};
    yaml_document_t document;
    yaml_parser_t parser;
    bool ok = true;

    if (!yaml_parser_initialize(&parser))
        die("out of memory");
    yaml_parser_set_input_file(&parser, file);
    if (!yaml_parser_load(&parser, &document)) {
        ok = err_set(err, ERR_INVALID, "configuration: %s", parser.problem);
    } else {
        root.node = yaml_document_get_root_node(&document);
        ok = !root.node || check(&document, &root, err);
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
    return ok;
}

bool config_numbers_check(const char *path, const cyaml_schema_value_t *schema, struct err *err)
{
    FILE *file = fopen(path, "r");
    bool ok = false;

    if (!file)
        return err_set(err, ERR_INVALID, "configuration %s: %s", path, strerror(errno));
    ok = check_file(file, schema, err);
    fclose(file);
    return ok;
}
