/* SPDX-License-Identifier: Apache-2.0 */
/* What kinds of cars there are. */
#include <string.h>

#include "workers/diorama/body/body.h"

/* In the order of car_shape: lift, roof, tail, screen, lean, bed, belt. */
struct car_style {
    float lift, roof, tail[3], screen[3], lean, bed, belt;
};

#define SCREEN                                                                                     \
    {                                                                                              \
        0.98f, 0.54f, 0.84f                                                                        \
    }
#define LEAN 0.34f

static const struct car_style sedan = {0, 1.43f, {1.42f, 0.56f, 0.83f}, SCREEN, LEAN, 0, 0};
static const struct car_style coupe = {
    -0.04f, 1.30f, {1.66f, 0.40f, 0.92f}, {0.74f, 0.52f, 0.854f}, 0.40f, 0, -0.02f};
static const struct car_style sports = {
    -0.07f, 1.17f, {1.62f, 0.34f, 0.94f}, {0.86f, 0.42f, 0.907f}, 0.48f, 0, -0.10f};
static const struct car_style tall = {
    0.17f, 1.57f, {2.10f, 0.90f, 0.436f}, {1.02f, 0.62f, 0.785f}, 0.26f, 0, 0.03f};
static const struct car_style pickup = {
    0.19f, 1.53f, {0.60f, 0.98f, 0.20f}, {1.06f, 0.60f, 0.80f}, 0.28f, 1, 0.05f};
static const struct car_style van = {
    0.08f, 2.02f, {2.17f, 0.99f, 0.14f}, {1.72f, 0.76f, 0.65f}, 0.11f, 0, 0.06f};
static const struct car_style hatchback = {0.02f, 1.47f, {2.00f, 0.70f, 0.71f}, SCREEN, LEAN, 0, 0};
static const struct car_style fastback = {0, 1.43f, {1.78f, 0.42f, 0.91f}, SCREEN, LEAN, 0, 0};

static const struct car_style *style_of(enum subject_form form, unsigned look)
{
    static const struct car_style *const usual[] = {&fastback, &tall,  &hatchback, &coupe,
                                                    &sedan,    &sedan, &pickup,    &van};

    switch ((int)form) {
    case FORM_SEDAN:
        return &sedan;
    case FORM_COUPE:
        return &coupe;
    case FORM_SPORTS_CAR:
        return &sports;
    case FORM_SUV:
        return &tall;
    case FORM_PICKUP:
        return &pickup;
    case FORM_VAN:
        return &van;
    default:
        return usual[look % 8];
    }
}

static enum car_bus bus_of(enum subject_form form)
{
    return form == FORM_BUS             ? CAR_BUS
           : form == FORM_DOUBLE_DECKER ? CAR_DOUBLE_DECKER
           : form == FORM_SCHOOL_BUS    ? CAR_SCHOOL_BUS
                                        : CAR_NO_BUS;
}

void car_size(enum subject_form form, float *length_m, float *height_m)
{
    enum car_bus bus = bus_of(form);

    if (bus == CAR_NO_BUS)
        return;
    *length_m = 2 * CAR_BUS_HALF_M;
    *height_m = bus == CAR_DOUBLE_DECKER ? 4.3f : 3.1f;
}

void car_style(struct body *body, enum subject_form form, unsigned look)
{
    struct car_shape *car = &body->car;
    const struct car_style *style = style_of(form, look);

    car->lift = style->lift;
    car->roof = style->roof;
    car->lean = style->lean;
    car->bed = style->bed;
    car->belt = style->belt;
    memcpy(car->tail, style->tail, sizeof(car->tail));
    memcpy(car->screen, style->screen, sizeof(car->screen));
    car->bus = bus_of(form);
    if (car->bus == CAR_SCHOOL_BUS)
        memcpy(car->paint, (const float[3]){0.62f, 0.30f, 0.012f}, sizeof(car->paint));
    if (car->bus == CAR_DOUBLE_DECKER)
        memcpy(car->paint, (const float[3]){0.40f, 0.012f, 0.012f}, sizeof(car->paint));
    body->middle[1] += car->bus ? 1.25f : 0;
    body->radius = car->bus ? 6.2f : 2.60f;
}
