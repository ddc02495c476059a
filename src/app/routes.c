/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "api/api.h"
#include "app/command.h"

enum { ROUTES_BYTES_MAX = 1 << 20 };

int command_routes(int argc, char **argv)
{
    struct buf out;
    struct jsonw w;

    if (argc > 1) {
        fprintf(stderr, "vitascope: no argument \"%s\"; usage: vitascope routes\n", argv[1]);
        return EXIT_USAGE;
    }
    buf_init(&out, ROUTES_BYTES_MAX);
    jsonw_init(&w, &out);
    api_write_routes(&w);
    printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
    buf_fini(&out);
    return EXIT_DONE;
}
