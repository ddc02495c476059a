/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diorama-still: draws frames of a scene given by flags into PPM files, to look at and to time.
 *
 *   diorama-still [key=value ...] > picture.ppm
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "workers/diorama/prompt/prompt.h"
#include "workers/diorama/renderer.h"

struct plan {
    struct scene scene;
    struct renderer_options options;
    int first, count, step;
    const char *out;
};

static const char *const places[] = {"mountains",  "coast",   "sky",    "street",
                                     "skyline",    "space",   "forest", "sea",
                                     "underwater", "village", "room",   NULL};
static const char *const woods[] = {"mixed", "conifer", "birch", "jungle", "bamboo", NULL};
static const char *const rooms[] = {"living", "bedroom", "kitchen", "library", "cafe", NULL};
static const char *const seasons[] = {"any", "spring", "summer", "autumn", "winter", NULL};
static const char *const lenses[] = {"normal", "wide", "telephoto", "fisheye", NULL};
static const char *const shots[] = {"usual", "medium", "close", NULL};
static const char *const focuses[] = {"deep", "shallow", "macro", "rack", "tilt_shift", NULL};
static const char *const effects[] = {"campfire",  "fireplace", "torches",   "candles", "blaze",
                                      "smoke",     "fireworks", "lightning", "leaves",  "petals",
                                      "fireflies", "sparks",    "rainbow",   "aurora",  "meteors",
                                      "halo",      NULL};
static const char *const weathers[] = {"clear", "cloudy", "overcast", "fog", "rain", "snow", NULL};
static const char *const cameras[] = {"static",    "push_in", "pull_back", "pan_left",
                                      "pan_right", "tilt_up", "tilt_down", "crane_up",
                                      "orbit",     "drone",   "handheld",  NULL};
static const char *const looks[] = {"natural", "cinematic", "vintage", "noir", NULL};

static const char *const vistas[] = {"planet", "orbit", "giant", "moon", "deep", NULL};

static double now_ms(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int find(const char *const names[], const char *name)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    fprintf(stderr, "diorama-still: unknown word %s\n", name);
    exit(2);
}

static const char *const subjects[] = {"person", "cat",         "dog",      "horse", "birds",
                                       "car",    "vintage_car", "balloons", "fish",  "boat",
                                       "train",  "plane",       "drone",    "kite",  NULL};
static const char *const forms[] = {
    "usual",      "woman",      "man",   "girl",   "boy",       "child",     "old_woman",
    "old_man",    "beagle",     "husky", "corgi",  "retriever", "shepherd",  "wolf",
    "fox",        "bear",       "lion",  "tiger",  "deer",      "cow",       "sheep",
    "zebra",      "elephant",   "sail",  "rowing", "fishing",   "ship",      "steam",
    "propeller",  "toy",        "gull",  "eagle",  "pigeon",    "crow",      "goose",
    "swallow",    "starling",   "shark", "koi",    "turtle",    "jellyfish", "sedan",
    "coupe",      "sports_car", "suv",   "pickup", "van",       "bus",       "double_decker",
    "school_bus", NULL};
static const char *const actions[] = {"idle",  "walk", "run", "turn", "sit",  "lie", "wave",
                                      "dance", "jump", "fly", "swim", "fall", NULL};
static const char *const grounds[] = {"none", "grass", "flowers", "sand", "snow", "road", NULL};

/* kind, kind:action, kind:action:count or kind:action:count:form */
static void add_subject(struct scene *scene, char *value)
{
    struct subject *subject = &scene->subjects[scene->subject_count];
    char *action = strchr(value, ':'), *count = action ? strchr(action + 1, ':') : NULL;
    char *form = count ? strchr(count + 1, ':') : NULL;

    if (scene->subject_count == SUBJECTS_MAX)
        return;
    scene->subject_count++;
    if (form)
        *form++ = '\0';
    if (count)
        *count++ = '\0';
    if (action)
        *action++ = '\0';
    subject->kind = (enum subject_kind)find(subjects, value);
    subject->action = action ? (enum subject_action)find(actions, action) : ACTION_IDLE;
    subject->form = form ? (enum subject_form)find(forms, form) : FORM_USUAL;
    subject->count = count ? (int)strtol(count, NULL, 10) : 1;
}

/* The scene of a prompt, with the prompt's own seed; keys after it change the scene. */
static void read_prompt(struct scene *scene, const char *text)
{
    struct prompt_reading reading;

    prompt_read(str_from(text), prompt_seed(str_from(text)), &reading);
    *scene = reading.scene;
}

/* What later words added to the scene. */
static bool set_extra(struct scene *scene, const char *key, const char *value)
{
    if (strcmp(key, "woods") == 0)
        scene->woods = (enum scene_woods)find(woods, value);
    else if (strcmp(key, "room") == 0)
        scene->room = (enum scene_room)find(rooms, value);
    else if (strcmp(key, "season") == 0)
        scene->season = (enum scene_season)find(seasons, value);
    else if (strcmp(key, "lens") == 0)
        scene->lens = (enum scene_lens)find(lenses, value);
    else if (strcmp(key, "shot") == 0)
        scene->shot = (enum scene_shot)find(shots, value);
    else if (strcmp(key, "focus") == 0)
        scene->focus = (enum scene_focus)find(focuses, value);
    else if (strcmp(key, "effect") == 0)
        scene->effects |= 1u << find(effects, value);
    else
        return false;
    return true;
}

static bool set_word(struct plan *plan, const char *key, char *value)
{
    struct scene *scene = &plan->scene;

    if (strcmp(key, "prompt") == 0)
        read_prompt(scene, value);
    else if (strcmp(key, "subject") == 0)
        add_subject(scene, value);
    else if (strcmp(key, "ground") == 0)
        scene->ground = (enum scene_ground)find(grounds, value);
    else if (strcmp(key, "place") == 0)
        scene->place = (enum scene_place)find(places, value);
    else if (strcmp(key, "vista") == 0)
        scene->vista = (enum scene_vista)find(vistas, value);
    else if (strcmp(key, "weather") == 0)
        scene->weather = (enum scene_weather)find(weathers, value);
    else if (strcmp(key, "camera") == 0)
        scene->camera = (enum scene_camera)find(cameras, value);
    else if (strcmp(key, "look") == 0)
        scene->look = (enum scene_look)find(looks, value);
    else if (strcmp(key, "seed") == 0)
        scene->seed = strtoull(value, NULL, 10);
    else if (strcmp(key, "out") == 0)
        plan->out = value;
    else
        return set_extra(scene, key, value);
    return true;
}

static bool set_number(struct plan *plan, const char *key, double value)
{
    struct scene *scene = &plan->scene;
    const struct {
        const char *key;
        float *to;
    } reals[] = {{"wind", &scene->wind},
                 {"motion_blur", &scene->motion_blur},
                 {"saturation", &scene->saturation},
                 {"contrast", &scene->contrast},
                 {"elevation", &scene->sun_elevation_deg},
                 {"azimuth", &scene->sun_azimuth_deg},
                 {"clouds", &scene->cloud_cover},
                 {"haze", &scene->haze},
                 {"snow_line", &scene->snow_line},
                 {"greenery", &scene->greenery},
                 {"warmth", &scene->warmth},
                 {"speed", &scene->camera_speed},
                 {"time_scale", &scene->time_scale},
                 {"neon", &scene->neon}};
    const struct {
        const char *key;
        int *to;
    } wholes[] = {{"width", &plan->options.width},
                  {"height", &plan->options.height},
                  {"fps", &plan->options.fps},
                  {"frames", &plan->options.frames},
                  {"threads", &plan->options.threads},
                  {"first", &plan->first},
                  {"count", &plan->count},
                  {"step", &plan->step}};

    for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++)
        if (strcmp(key, reals[i].key) == 0) {
            *reals[i].to = (float)value;
            return true;
        }
    for (size_t i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++)
        if (strcmp(key, wholes[i].key) == 0) {
            *wholes[i].to = (int)value;
            return true;
        }
    if (strcmp(key, "tropical") == 0)
        scene->tropical = value != 0;
    else if (strcmp(key, "futuristic") == 0)
        scene->futuristic = value != 0;
    else if (strcmp(key, "asian") == 0)
        scene->asian = value != 0;
    else if (strcmp(key, "cafe") == 0)
        scene->cafe = value != 0;
    else
        return false;
    return true;
}

static uint8_t to_byte(float x)
{
    return (uint8_t)(x < 0 ? 0 : x > 255 ? 255 : x + 0.5f);
}

static void write_ppm(FILE *file, const struct picture *picture, int width, int height)
{
    fprintf(file, "P6\n%d %d\n255\n", width, height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            float luma = ((float)picture->plane[0][y * picture->stride[0] + x] - 16.0f) / 219.0f;
            int at = y / 2 * picture->stride[1] + x / 2;
            float blue = ((float)picture->plane[1][at] - 128.0f) / 224.0f * 1.8556f;
            float red = ((float)picture->plane[2][at] - 128.0f) / 224.0f * 1.5748f;
            float r = luma + red, b = luma + blue;
            float g = (luma - 0.2126f * r - 0.0722f * b) / 0.7152f;
            const uint8_t pixel[3] = {to_byte(255 * r), to_byte(255 * g), to_byte(255 * b)};

            fwrite(pixel, 1, 3, file);
        }
}

static void draw_all(struct renderer *renderer, const struct plan *plan)
{
    int width = plan->options.width, height = plan->options.height;
    uint8_t *memory = malloc((size_t)width * (size_t)height * 3 / 2);
    struct picture picture = {.stride = {width, width / 2, width / 2}};
    double total = 0, cpu = 0;

    if (!memory)
        abort();
    picture.plane[0] = memory;
    picture.plane[1] = memory + width * height;
    picture.plane[2] = picture.plane[1] + width / 2 * (height / 2);
    for (int i = 0; i < plan->count; i++) {
        double start = now_ms(CLOCK_MONOTONIC), busy = now_ms(CLOCK_PROCESS_CPUTIME_ID);
        char name[256];
        FILE *file = NULL;

        renderer_draw(renderer, plan->first + i * plan->step, &picture);
        total += now_ms(CLOCK_MONOTONIC) - start;
        cpu += now_ms(CLOCK_PROCESS_CPUTIME_ID) - busy;
        snprintf(name, sizeof(name), "%s%d.ppm", plan->out, plan->first + i * plan->step);
        file = fopen(name, "wb");
        if (!file) {
            perror(name);
            break;
        }
        write_ppm(file, &picture, width, height);
        fclose(file);
    }
    fprintf(stderr, "%s: %.1f ms a frame, %.1f of CPU\n", renderer_isa(), total / plan->count,
            cpu / plan->count);
    free(memory);
}

int main(int argc, char **argv)
{
    struct plan plan = {
        .scene = {.place = PLACE_MOUNTAINS,
                  .weather = WEATHER_CLEAR,
                  .camera = CAMERA_DRONE,
                  .look = LOOK_CINEMATIC,
                  .sun_elevation_deg = 5,
                  .sun_azimuth_deg = 14,
                  .cloud_cover = 0.35f,
                  .haze = 0.3f,
                  .snow_line = 0.55f,
                  .greenery = 0.6f,
                  .warmth = 0.3f,
                  .camera_speed = 1,
                  .time_scale = 1,
                  .wind = 0.3f,
                  .motion_blur = 1,
                  .seed = 1},
        .options = {.width = 1280, .height = 720, .fps = 30, .frames = 120, .threads = 2},
        .count = 1,
        .step = 1,
        .out = "frame-"};
    struct renderer *renderer = NULL;
    double start = now_ms(CLOCK_MONOTONIC);

    for (int i = 1; i < argc; i++) {
        char *equals = strchr(argv[i], '=');

        if (!equals) {
            fprintf(stderr, "usage: diorama-still [key=value ...]\n");
            return 2;
        }
        *equals = '\0';
        if (!set_word(&plan, argv[i], equals + 1) &&
            !set_number(&plan, argv[i], strtod(equals + 1, NULL))) {
            fprintf(stderr, "diorama-still: unknown key %s\n", argv[i]);
            return 2;
        }
    }
    renderer = renderer_open(&plan.scene, &plan.options, NULL, NULL);
    fprintf(stderr, "bake: %.0f ms, %.0f of CPU\n", now_ms(CLOCK_MONOTONIC) - start,
            now_ms(CLOCK_PROCESS_CPUTIME_ID));
    draw_all(renderer, &plan);
    renderer_close(renderer);
    return 0;
}
