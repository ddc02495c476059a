/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/probe/command.h"
#include "workers/probe/film_works.h"

static void tell(struct jsonw *answer, const struct film_facts *facts)
{
    jsonw_key(answer, "type");
    jsonw_cstr(answer, "film");
    jsonw_key(answer, "width");
    jsonw_int(answer, facts->width);
    jsonw_key(answer, "height");
    jsonw_int(answer, facts->height);
    jsonw_key(answer, "fps_num");
    jsonw_int(answer, facts->fps.num);
    jsonw_key(answer, "fps_den");
    jsonw_int(answer, facts->fps.den);
    jsonw_key(answer, "frames");
    jsonw_int(answer, facts->frames);
    jsonw_key(answer, "duration_ms");
    jsonw_int(answer, facts->duration_ms);
    jsonw_key(answer, "sound");
    jsonw_bool(answer, facts->has_sound);
}

bool command_facts(const struct order *order, struct jsonw *answer, struct err *err)
{
    struct film film;

    if (!film_open(&film, order->in[0], err))
        return false;
    tell(answer, &film.facts);
    film_close(&film);
    return true;
}

bool command_tail(const struct order *order, struct jsonw *answer, struct err *err)
{
    struct film film;
    bool ok;

    if (!film_open(&film, order->in[0], err))
        return false;
    ok = film_tail(&film, order->width, order->height, order->out[0], err);
    tell(answer, &film.facts);
    film_close(&film);
    return ok;
}

bool command_join(const struct order *order, struct jsonw *answer, struct err *err)
{
    struct film source = {0}, continuation = {0};
    struct film_facts whole = {0};
    bool ok = film_open(&source, order->in[0], err) &&
              film_open(&continuation, order->in[1], err) &&
              film_join(&source, &continuation, order->out[0], &whole, err);

    tell(answer, &whole);
    film_close(&continuation);
    film_close(&source);
    return ok;
}

bool command_previews(const struct order *order, struct jsonw *answer, struct err *err)
{
    struct film film;
    bool ok;

    if (!film_open(&film, order->in[0], err))
        return false;
    ok = film_previews(&film, order->out[0], order->out[1], err);
    tell(answer, &film.facts);
    film_close(&film);
    return ok;
}
