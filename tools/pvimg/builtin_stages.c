/* SPDX-License-Identifier: MIT */
#include "pvimg/builtin_stages.h"

#include "boot/stage_images.h"

int builtin_stages(struct boot_stages *stages, struct error *err)
{
	return boot_stages_copy(stages, stage3a_image, stage3a_image_size,
				stage3b_image, stage3b_image_size, err);
}
