/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "workers/diorama/camera.h"
#include "workers/diorama/dress.h"
#include "workers/diorama/land/terrain.h"

#include <math.h>

enum { FRAMES = 40 };

static const struct camera_options wide = {.width = 1280, .height = 720, .fps = 30, .frames = 120};

static void world_open(struct world *world, const struct scene *scene)
{
    struct land land;

    memset(world, 0, sizeof(*world));
    world->scene = scene;
    dress_world(world);
    terrain_erode(&land, scene, 7);
    terrain_refine(world, &land, kernels_best(), 2);
    land_free(&land);
}

/* The least height of the eye over land and water on its way. */
static float least_clearance(const struct world *world, const struct camera_options *options)
{
    struct camera camera;
    float least = 1e9f;

    camera_compose(&camera, world, options);
    for (int i = 0; i < FRAMES; i++) {
        struct view view;

        camera_view(&camera, world, i * (options->frames - 1) / (FRAMES - 1), &view);
        least = fminf(least,
                      view.eye[1] - terrain_height_at(&world->terrain, view.eye[0], view.eye[2]));
    }
    return least;
}

TEST(no_move_takes_the_camera_through_the_ground)
{
    static struct world world;

    for (int place = PLACE_MOUNTAINS; place <= PLACE_COAST; place++) {
        struct scene scene = {.place = (enum scene_place)place,
                              .snow_line = 0.6f,
                              .greenery = 0.6f,
                              .camera_speed = 2,
                              .sun_elevation_deg = 6,
                              .seed = 3};

        world_open(&world, &scene);
        for (int move = 0; move < SCENE_CAMERAS; move++) {
            scene.camera = (enum scene_camera)move;
            CHECK(least_clearance(&world, &wide) > 2.0f);
        }
        terrain_free(&world.terrain);
    }
}

TEST(a_clip_begins_and_ends_gently)
{
    static struct world world;
    struct scene scene = {.camera = CAMERA_PAN_RIGHT, .camera_speed = 1, .seed = 5};
    struct camera camera;
    struct view first, second, middle, next;

    world_open(&world, &scene);
    camera_compose(&camera, &world, &wide);
    camera_view(&camera, &world, 0, &first);
    camera_view(&camera, &world, 1, &second);
    camera_view(&camera, &world, 59, &middle);
    camera_view(&camera, &world, 60, &next);
    CHECK(fabsf(second.forward[0] - first.forward[0]) +
              fabsf(second.forward[1] - first.forward[1]) <
          0.3f * (fabsf(next.forward[0] - middle.forward[0]) +
                  fabsf(next.forward[1] - middle.forward[1])));
    terrain_free(&world.terrain);
}

TEST(tall_pictures_look_narrower_and_taller)
{
    static struct world world;
    struct scene scene = {.camera = CAMERA_STATIC, .seed = 5};
    struct camera_options tall = {.width = 720, .height = 1280, .fps = 30, .frames = 120};
    struct camera camera;
    struct view wide_view, tall_view;

    world_open(&world, &scene);
    camera_compose(&camera, &world, &wide);
    camera_view(&camera, &world, 0, &wide_view);
    camera_compose(&camera, &world, &tall);
    camera_view(&camera, &world, 0, &tall_view);
    terrain_free(&world.terrain);
    CHECK(tall_view.pixel * 720 < wide_view.pixel * 1280);
    CHECK(tall_view.pixel * 1280 > wide_view.pixel * 720);
}

enum { LEGS = 6, LEG_FRAMES = 600 };

/* Six legs of twenty seconds toward a subject 3 m away, in a room. */
static void plan_legs(struct camera *camera, enum scene_camera move, int count)
{
    *camera = (struct camera){.target_m = 3,
                              .keep_m = 0.75f,
                              .way_m = 4,
                              .back_m = 1,
                              .scale = 0.01f,
                              .pace_m_s = 1,
                              .width = 1280,
                              .height = 720,
                              .fps = 30,
                              .half_width = 0.6f,
                              .leg_count = count};
    for (int i = 0; i < count; i++)
        camera->legs[i] = (struct camera_leg){move, 2, LEG_FRAMES};
}

TEST(no_move_runs_into_the_subject_or_the_wall)
{
    static const enum scene_camera moves[] = {CAMERA_PUSH_IN, CAMERA_PULL_BACK, CAMERA_HANDHELD,
                                              CAMERA_DRONE};
    static struct world world;
    static struct camera camera;
    struct scene scene = {.camera_speed = 2, .time_scale = 1};

    world.scene = &scene;
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        float least = 0, most = 0;

        plan_legs(&camera, moves[i], LEGS);
        for (int k = 0; k < LEGS * LEG_FRAMES; k += 10) {
            struct view view;

            camera_view(&camera, &world, k, &view);
            least = fminf(least, view.eye[2]);
            most = fmaxf(most, view.eye[2]);
        }
        CHECK(least > -1.1f && most < 2.4f);
    }
}

TEST(later_legs_leave_the_first_one_as_it_was)
{
    static struct world world;
    static struct camera one, all;
    struct scene scene = {.camera_speed = 2, .time_scale = 1};

    world.scene = &scene;
    plan_legs(&one, CAMERA_HANDHELD, 1);
    plan_legs(&all, CAMERA_HANDHELD, LEGS);
    for (int k = 0; k < LEG_FRAMES; k += 50) {
        struct view alone, among;

        camera_view(&one, &world, k, &alone);
        camera_view(&all, &world, k, &among);
        CHECK(alone.eye[2] == among.eye[2] && alone.eye[0] == among.eye[0]);
    }
}

/* Share of the picture's columns in which no land rises much over the horizon. */
static float open_horizon(const struct world *world, const struct camera_options *options)
{
    enum { COLUMNS = 25 };
    struct camera camera;
    struct view view;
    int open = 0;

    camera_compose(&camera, world, options);
    camera_view(&camera, world, 0, &view);
    for (int i = 0; i < COLUMNS; i++) {
        float across = camera.half_width * (2.0f * (float)i / (COLUMNS - 1) - 1.0f), top = -1;

        for (float s = 20; s < 16000; s *= 1.05f) {
            float x = view.eye[0] + s * (view.forward[0] + across * view.right[0]);
            float z = view.eye[2] + s * (view.forward[1] + across * view.right[1]);

            top = fmaxf(top, (terrain_height_at(&world->terrain, x, z) - view.eye[1]) / s);
        }
        open += top < 0.065f;
    }
    return (float)open / COLUMNS;
}

TEST(a_coast_is_seen_with_its_open_sea)
{
    static struct world world;
    static const uint64_t seeds[] = {8571391133402730945u, 2, 3};
    float least = 1, beach = 0;

    for (int i = 0; i < 3; i++) {
        struct scene scene = {.place = PLACE_COAST,
                              .tropical = true,
                              .snow_line = 1,
                              .greenery = 0.9f,
                              .sun_elevation_deg = 4.4f,
                              .sun_azimuth_deg = 12,
                              .camera = CAMERA_DRONE,
                              .camera_speed = 1,
                              .seed = seeds[i]};

        world_open(&world, &scene);
        least = fminf(least, open_horizon(&world, &wide));
        scene.ground = GROUND_SAND;
        scene.camera = CAMERA_STATIC;
        beach += open_horizon(&world, &wide) / 3;
        terrain_free(&world.terrain);
    }
    CHECK(least >= 0.4f);
    CHECK(beach >= 0.75f);
}
