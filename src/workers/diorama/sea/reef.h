/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reef: the world under water: a channel of sand between banks of rock with corals, kelp and sea
 * grass, fish, the light that the waves above throw on all of it, and what water does to color.
 *
 * Things are meshes of their own, small triangles that are drawn by reef_mesh.c; ground, water
 * and its surface are drawn by the kernels. Red is lost first, then green: whatever is far is
 * blue. Where fish are at a time follows from the time alone.
 *
 * Units: meters, y is up; the surface lies at 0, the ground at about -depth_m.
 * Ownership: reef_bake() allocates, reef_close() frees.
 * Thread: one call at a time; the drawing of meshes uses the threads of the job.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SEA_REEF_H
#define VITASCOPE_WORKERS_DIORAMA_SEA_REEF_H

#include "workers/diorama/sea/sea.h"

/* Rock begins and is highest this far off the middle of the channel. */
#define BANK_FROM_M 0.5f
#define BANK_FULL_M 4.6f

/* What a mesh is painted with, pixel by pixel. */
enum reef_coat {
    COAT_PLAIN,  /* the colors of its vertices */
    COAT_SILVER, /* dark back, bright side */
    COAT_BARS,   /* three white bars edged black */
    COAT_BANDS,  /* stripes along the body */
    COAT_SHARK,  /* gray above, white below */
    COAT_CORAL,  /* polyps all over */
    COAT_GLASS,  /* what is behind it shines through */
    REEF_COATS
};

struct reef_vertex {
    float at[3], normal[3];
    float color[3];
    float u, v;
    float sway; /* how far it gives way to the swell, meters */
};

struct reef_face {
    int corner[3];
};

/* Faces that are lit and seen together. */
struct reef_object {
    int first_vertex, vertices, first_face, faces;
    float middle[3], radius;
    enum reef_coat coat;
};

struct reef_mesh {
    struct reef_vertex *vertices;
    struct reef_face *faces;
    struct reef_object *objects;
    int vertex_count, vertex_room, face_count, face_room, object_count, object_room;
};

enum { FISH_MAX = 150 };

/* A fish: which way it goes with the others, and what it is. */
struct fish {
    int school;
    float offset[3]; /* in its school */
    float delay_s;   /* how much later it does what the school does */
    float length_m, beat, phase;
    float color[3];
    enum reef_coat coat;
    enum subject_form form;
};

/* A closed path around a middle. */
struct school {
    float middle[3], wide[2], tall; /* half axes of the path */
    float turn, per_s, phase;       /* heading of its long axis; rounds a second */
};

enum { SCHOOLS_MAX = 6 };

struct reef {
    struct ocean ocean;
    struct dome dome;
    struct tile ground;    /* low half: rocks, then bytes: dunes, patches; 0 to 1 */
    struct tile caustic;   /* byte 0: light on the ground, 64 is the mean */
    float focus_m;         /* how far light is bent sideways for a slope of 1 */
    float axis[2], way[2]; /* a point of the channel, and its direction */
    float depth_m;
    float murk[3];            /* light lost a meter */
    float deep[3], high[3];   /* color of water that goes on forever, down and up */
    float glow[3];            /* and toward the sun */
    float beam[3];            /* unit, toward the sun as seen under water */
    float sun[3], ambient[3]; /* light at the ground, the former under even water */
    float lush;               /* share of colored life on the rocks */
    float *photons;
    struct reef_mesh garden, shoal; /* what stays, and what swims in a frame */
    struct school schools[SCHOOLS_MAX];
    int fish_count;
    struct fish fish[FISH_MAX];
};

/* Height of the ground. */
float reef_ground(const struct reef *reef, float x, float z);

void reef_compose(struct camera *camera, const struct world *world,
                  const struct camera_options *options);
/* Height of a camera that is wanted at `eye`: over the ground, under the surface. */
float reef_eye(const struct reef *reef, const float eye[3]);

void *reef_bake(const struct place_job *job, struct camera *camera);
void reef_draw(void *baked, const struct place_job *job, struct frame *frame);
void reef_close(void *baked);

/* reef_mesh.c: makes and draws meshes. */
struct reef_object *reef_object_new(struct reef_mesh *mesh, enum reef_coat coat);
int reef_vertex_add(struct reef_mesh *mesh, const struct reef_vertex *vertex);
void reef_face_add(struct reef_mesh *mesh, int a, int b, int c);
void reef_mesh_bound(struct reef_mesh *mesh); /* sets middle and radius of all objects */
void reef_mesh_clear(struct reef_mesh *mesh);
void reef_mesh_free(struct reef_mesh *mesh);
void reef_mesh_draw(const struct reef *reef, const struct reef_mesh *mesh,
                    const struct place_job *job, struct frame *frame);

/* reef_garden.c, reef_fish.c. */
void reef_plant(struct reef *reef, const struct scene *scene);
/* Fish asked for swim within the camera's picture. */
void reef_stock(struct reef *reef, const struct scene *scene, const struct camera *camera);
/* reef_motes.c. */
void reef_motes_draw(const struct reef *reef, struct frame *frame);

void reef_swim(struct reef *reef, float time_s);

#endif
