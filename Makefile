# SPDX-License-Identifier: Apache-2.0
# Short names for what Meson and scripts/ do. Each target installs what it misses by itself.
.PHONY: all demo test asan soak fuzz bench gallery golden format clean
all: ; @scripts/build
demo: ; @scripts/demo
test: ; @scripts/test
asan: ; @scripts/build build-asan -Db_sanitize=address,undefined -Db_lundef=false
soak: ; @scripts/soak
fuzz: ; @scripts/fuzz $(SECONDS)
bench: ; @scripts/bench
gallery: ; @scripts/gallery
golden: ; @scripts/golden
format: ; @scripts/setup test && git ls-files '*.c' '*.h' | xargs clang-format-14 -i
clean: ; rm -rf build build-asan build-clang build-fuzz
