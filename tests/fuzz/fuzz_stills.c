/* SPDX-License-Identifier: Apache-2.0 */
/* A picture that a stranger sent. Small ones are decoded too. */
#include "media/avlog.h"
#include "media/stills.h"
#include "target.h"

enum { DECODED_PIXELS_MAX = 256 * 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = fuzz_copy(data, size);
    struct still_info info;
    struct image image = {0};
    struct err err;

    if (stills_info(bytes, &info, &err)) {
        FUZZ_CHECK(info.format < STILL_FORMATS && info.width > 0 && info.height > 0);
        if ((int64_t)info.width * info.height <= DECODED_PIXELS_MAX &&
            stills_decode(bytes, &info, &image, &err)) {
            FUZZ_CHECK(image.width > 0 && image.height > 0);
            image_fini(&image);
        }
    }
    free((void *)(uintptr_t)bytes.ptr);
    return 0;
}
