/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sky/sky.h"

#include <math.h>
#include <string.h>

#include "workers/diorama/noise.h"

#define DEGREE 0.01745329252f

static const double ground_m = 6360e3, top_m = 6420e3, eye_m = 6360.4e3;
static const double rayleigh_height_m = 8000, mie_height_m = 1200;
static const double rayleigh[3] = {5.8e-6, 13.5e-6, 33.1e-6};
static const double ozone[3] = {1.0e-6, 2.9e-6, 0.13e-6}; /* a bluer dusk than the real 0.65 */
/* Once the sun is down its light passes so much ozone that red is lost as well: the blue hour. */
static const double late_ozone[3] = {3.3e-6, 2.75e-6, 0.13e-6};
static const double smog[3] = {0.8e-6, 2.6e-6, 0.1e-6};
static const double sun_power = 20;
static const double moon_power = 0.16; /* far too bright, but the exposure is a film's at night */
static const float moon_elevation_deg = 26;

enum { VIEW_STEPS = 24, LIGHT_STEPS = 8 };

/* What is passed through: lengths at the greatest density of each, meters. */
struct depth {
    double air, haze, ozone;
};

static void depth_add(struct depth *depth, double height, double length)
{
    height = fmax(height, 0);
    depth->air += exp(-height / rayleigh_height_m) * length;
    depth->haze += exp(-height / mie_height_m) * length;
    depth->ozone += fmax(1 - fabs(height - 25e3) / 15e3, 0) * length;
}

/* The air of a scene. */
struct sky_air {
    double mie;  /* what haze takes and scatters, per meter at the ground */
    double late; /* 0 while the sun is up, 1 when it is well down */
};

/* What a color loses on the way, as an exponent; a low sun's air counts `dust` times, and its
 * dust takes some green, or dusk would be yellow. */
static double depth_loss(const struct depth *depth, int color, struct sky_air air, double dust)
{
    double taken = ozone[color] + air.late * (late_ozone[color] - ozone[color]);

    return (rayleigh[color] * dust + smog[color] * (dust - 1)) * depth->air + taken * depth->ozone +
           air.mie * 1.1 * depth->haze;
}

static double distance_to_top(double along, double radius)
{
    return sqrt(along * along - radius * radius + top_m * top_m) - along;
}

/* False where the Earth is in the way. `p` is relative to the center of the Earth. */
static bool light_depth(const double p[3], const double toward[3], struct depth *depth)
{
    double along = p[0] * toward[0] + p[1] * toward[1] + p[2] * toward[2];
    double radius = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
    double length = distance_to_top(along, radius), step = length / LIGHT_STEPS;

    *depth = (struct depth){0, 0, 0};
    for (int i = 0; i < LIGHT_STEPS; i++) {
        double t = step * (i + 0.5), q[3];
        double height = 0;

        for (int k = 0; k < 3; k++)
            q[k] = p[k] + toward[k] * t;
        height = sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2]) - ground_m;
        if (height < -300)
            return false;
        depth_add(depth, height, step);
    }
    return true;
}

static struct sky_air air_of(const struct scene *scene)
{
    return (struct sky_air){.mie = 3.2e-6 * (0.6 + 1.4 * (double)scene->haze),
                            .late = 1.0 - (double)smooth_f(-4.0f, -0.5f, scene->sun_elevation_deg)};
}

/*
 * A low sun shines through the dust of a day, which reddens it more than clean air would: how
 * many times more air its light seems to pass. Without it dusk is a greenish yellow. What lights
 * the sky after sunset passes above the dust.
 */
static double low_sun_dust(double sine, struct sky_air air)
{
    return 1.0 + 0.9 * (1.0 - (double)smooth_f(0.0f, 0.42f, (float)sine)) * (1.0 - 0.8 * air.late);
}

/* Light scattered once toward the eye along `dir`: sums for Rayleigh and Mie, without phase,
 * and a guess at what is scattered more often, which loses less on its way. */
static void scatter(const double dir[3], const double sun[3], struct sky_air air, double sum[3][3])
{
    double dust = low_sun_dust(sun[1], air);
    double low = 0.7 * (1 - (double)smooth_f(0.03f, 0.3f, (float)dir[1]));
    double length = distance_to_top(eye_m * dir[1], eye_m), before = 0;
    struct depth view = {0, 0, 0}, light = {0, 0, 0};

    memset(sum, 0, 9 * sizeof(double));
    for (int i = 0; i < VIEW_STEPS; i++) {
        double q = (i + 0.5) / VIEW_STEPS, end = (i + 1.0) / VIEW_STEPS;
        double t = length * q * q, step = length * end * end - before;
        double p[3] = {dir[0] * t, eye_m + dir[1] * t, dir[2] * t};
        double height = fmax(sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]) - ground_m, 0);
        double gas = exp(-height / rayleigh_height_m) * step;
        double dusty = 1.0 + (dust - 1.0) * exp(-height / 3500.0);
        double haze = exp(-height / mie_height_m) * step;

        before += step;
        depth_add(&view, height, step);
        if (!light_depth(p, sun, &light))
            continue;
        for (int k = 0; k < 3; k++) {
            double seen = depth_loss(&view, k, air, 1 + low * (dust - 1));
            double lost = depth_loss(&light, k, air, dusty), through = exp(-seen - lost);

            sum[2][k] += exp(-0.4 * seen - 0.75 * lost) * gas * rayleigh[k];
            sum[0][k] += through * gas * rayleigh[k];
            sum[1][k] += through * haze * air.mie;
        }
    }
}

static void add_light(float cell[8], const double dir[3], const double sun[3], double power,
                      struct sky_air air)
{
    double sum[3][3], mu = dir[0] * sun[0] + dir[1] * sun[1] + dir[2] * sun[2];
    double phase = 3 / (16 * M_PI) * (1 + mu * mu);

    scatter(dir, sun, air, sum);
    for (int k = 0; k < 3; k++) {
        cell[k] += (float)(power * (sum[0][k] * phase + sum[2][k] * 0.034));
        cell[4 + k] += (float)(power * sum[1][k]);
    }
}

void sky_bake_row(struct sky *sky, const struct scene *scene, int row)
{
    double sine = (double)row / (SKY_ELEVATIONS - 1);
    double elevation = (double)(scene->sun_elevation_deg * DEGREE);
    double sun[3] = {cos(elevation), sin(elevation), 0};
    double moon[3] = {cos((double)(moon_elevation_deg * DEGREE)),
                      sin((double)(moon_elevation_deg * DEGREE)), 0};
    struct sky_air air = air_of(scene);
    double cosine = 0;

    sine = fmax(sine * sine, 0.0008);
    cosine = sqrt(1 - sine * sine);
    for (int column = 0; column < SKY_AZIMUTHS; column++) {
        double u = (double)column / (SKY_AZIMUTHS - 1);
        double dir[3] = {cosine * (1 - 2 * u * u), sine, cosine * 2 * u * sqrt(1 - u * u)};
        float *cell = sky->table[row][column];

        memset(cell, 0, 8 * sizeof(*cell));
        add_light(cell, dir, sun, sun_power, air);
        if (sky->night > 0) {
            add_light(cell, dir, moon, moon_power * (double)sky->night,
                      (struct sky_air){.mie = air.mie});
            /* Airglow and starlight, so that no night is black. */
            cell[0] += 0.00016f;
            cell[1] += 0.00022f;
            cell[2] += 0.00042f;
        }
    }
}

/* Sunlight left after the air between space and a point `height` above the ground. */
static void direct_light(const struct scene *scene, double sine, double height, float light[3])
{
    double start = ground_m + height, cosine = sqrt(1 - sine * sine), before = 0;
    double length = distance_to_top(start * sine, start);
    struct sky_air air = {.mie = air_of(scene).mie};
    double dust = low_sun_dust(sine, air);
    struct depth depth = {0, 0, 0};

    for (int i = 0; i < 64; i++) {
        double q = (i + 0.5) / 64, end = (i + 1.0) / 64, step = length * end * end - before;
        double x = cosine * length * q * q, y = start + sine * length * q * q;

        before += step;
        depth_add(&depth, sqrt(x * x + y * y) - ground_m, step);
    }
    for (int k = 0; k < 3; k++)
        light[k] = (float)exp(-depth_loss(&depth, k, air, 0.55 + 0.45 * dust));
}

void sky_begin(struct sky *sky, const struct scene *scene)
{
    float elevation = scene->sun_elevation_deg, up = 0, high = 0, power = 0;
    double sine = 0;

    sky->night = 1.0f - smooth_f(-10.0f, -5.0f, elevation);
    up = smooth_f(-1.2f, 0.6f, elevation);
    high = smooth_f(-4.0f, -0.5f, elevation);
    power = (float)sun_power;
    if (elevation < -6) {
        elevation = moon_elevation_deg;
        up = high = 1;
        power = (float)moon_power * sky->night;
    }
    sky->sun[0] = 0;
    sky->sun[1] = sinf(elevation * DEGREE);
    sky->sun[2] = cosf(elevation * DEGREE);
    sine = fmax((double)sky->sun[1], 0.012);
    direct_light(scene, sine, 300, sky->sun_color);
    direct_light(scene, sine, 4500, sky->high_color);
    for (int k = 0; k < 3; k++) {
        float tint = scene->sun_elevation_deg < -6 ? (k == 2   ? 1.25f
                                                      : k == 1 ? 0.98f
                                                               : 0.8f)
                                                   : 1.0f;

        sky->sun_color[k] *= power * up * tint;
        sky->high_color[k] *= power * high * tint;
    }
    sky->disc_radiance = scene->sun_elevation_deg < -6 ? 9.0f : 60.0f;
}

void sky_end(struct sky *sky)
{
    float total[2] = {0, 0};

    memset(sky->ambient_sun, 0, sizeof(sky->ambient_sun));
    memset(sky->ambient_away, 0, sizeof(sky->ambient_away));
    for (int row = 0; row < SKY_ELEVATIONS; row++)
        for (int column = 0; column < SKY_AZIMUTHS; column++) {
            float v = (float)row / (SKY_ELEVATIONS - 1), u = (float)column / (SKY_AZIMUTHS - 1);
            /* Solid angle (dsin = 2v dv, dazimuth = du / sqrt(1 - u^2)), leaning to the zenith. */
            float weight = v * (0.35f + v * v) / sqrtf(1.02f - u * u);
            int side = u > 0.7071f;
            float *ambient = side ? sky->ambient_away : sky->ambient_sun;

            total[side] += weight;
            for (int k = 0; k < 3; k++)
                ambient[k] +=
                    weight * (sky->table[row][column][k] + 0.12f * sky->table[row][column][4 + k]);
        }
    for (int k = 0; k < 3; k++) {
        sky->ambient_sun[k] /= total[0];
        sky->ambient_away[k] /= total[1];
    }
}

void sky_aim(struct sky *sky, float azimuth)
{
    float flat = sqrtf(sky->sun[0] * sky->sun[0] + sky->sun[2] * sky->sun[2]);

    sky->sun[0] = flat * sinf(azimuth);
    sky->sun[2] = flat * cosf(azimuth);
    memcpy(sky->disc, sky->sun, sizeof(sky->disc));
}
