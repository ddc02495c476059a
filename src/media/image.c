/* SPDX-License-Identifier: Apache-2.0 */
#include "media/image.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PPM_HEADER_BYTES_MAX = 64, PPM_NUMBER_DIGITS_MAX = 6 };

bool image_size_is_ok(int64_t width, int64_t height)
{
    return width >= 1 && height >= 1 && width <= IMAGE_SIDE_MAX && height <= IMAGE_SIDE_MAX &&
           width * height <= IMAGE_PIXELS_MAX;
}

static size_t rgb_bytes(const struct image *image)
{
    return (size_t)image->width * (size_t)image->height * 3;
}

void image_init(struct image *image, int width, int height)
{
    assert(image_size_is_ok(width, height));
    *image = (struct image){.width = width, .height = height};
    image->rgb = malloc(rgb_bytes(image));
    if (!image->rgb)
        die("out of memory for an image of %d x %d", width, height);
}

void image_fini(struct image *image)
{
    free(image->rgb);
    *image = (struct image){0};
}

static bool write_all(int fd, const void *bytes, size_t len, struct err *err)
{
    const char *next = bytes;

    while (len > 0) {
        ssize_t written = write(fd, next, len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return err_set(err, ERR_IO, "cannot write the picture: %s", strerror(errno));
        next += written;
        len -= (size_t)written;
    }
    return true;
}

bool image_write_ppm_fd(const struct image *image, int fd, struct err *err)
{
    char header[PPM_HEADER_BYTES_MAX];
    int len = snprintf(header, sizeof(header), "P6\n%d %d\n255\n", image->width, image->height);

    return write_all(fd, header, (size_t)len, err) &&
           write_all(fd, image->rgb, rgb_bytes(image), err);
}

bool image_write_ppm(const struct image *image, const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool ok;

    if (fd < 0)
        return err_set(err, ERR_IO, "cannot create %s: %s", path, strerror(errno));
    ok = image_write_ppm_fd(image, fd, err);
    if (close(fd) != 0 && ok)
        return err_set(err, ERR_IO, "cannot write %s: %s", path, strerror(errno));
    return ok;
}

static bool is_space(int c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_line(FILE *file)
{
    int c = getc(file);

    while (c != '\n' && c != EOF)
        c = getc(file);
}

/* One header number: white space and comments before it, one white space character behind it. */
static bool read_number(FILE *file, int *value)
{
    int c = getc(file), digits = 0;

    for (; is_space(c) || c == '#'; c = getc(file))
        if (c == '#')
            skip_line(file);
    *value = 0;
    for (; c >= '0' && c <= '9' && digits < PPM_NUMBER_DIGITS_MAX; c = getc(file), digits++)
        *value = *value * 10 + (c - '0');
    return digits > 0 && is_space(c);
}

static bool read_ppm(FILE *file, struct image *image, struct err *err)
{
    int width = 0, height = 0, levels = 0;

    if (getc(file) != 'P' || getc(file) != '6' || !read_number(file, &width) ||
        !read_number(file, &height) || !read_number(file, &levels) || levels != 255)
        return err_set(err, ERR_INVALID, "the picture is not a binary PPM with 255 levels");
    if (!image_size_is_ok(width, height))
        return err_set(err, ERR_INVALID, "a picture of %d x %d is over the limits", width, height);
    image_init(image, width, height);
    if (fread(image->rgb, 1, rgb_bytes(image), file) == rgb_bytes(image))
        return true;
    image_fini(image);
    return err_set(err, ERR_INVALID, "the picture is shorter than its header says");
}

bool image_read_ppm(struct image *image, const char *path, struct err *err)
{
    FILE *file = fopen(path, "rbe");
    bool ok;

    if (!file)
        return err_set(err, ERR_IO, "cannot open the picture: %s", strerror(errno));
    ok = read_ppm(file, image, err);
    fclose(file);
    return ok;
}
