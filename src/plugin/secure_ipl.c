/* SPDX-License-Identifier: MIT */
#include "plugin/secure_ipl.h"

/* Flags and length as the mode has it, whatever they were. */
static void own(struct iplb *block, enum ipl_mode mode)
{
	block->flags &= (uint8_t) ~(IPLB_SECURE | IPLB_REPORT);
	if (mode == IPL_NORMAL)
		return;
	block->flags |= mode == IPL_SECURE ? IPLB_SECURE | IPLB_REPORT : IPLB_REPORT;
	block->length = be32(IPLB_SIZE);
}

int secure_ipl_open(struct secure_ipl *secure_ipl,
		    const struct secure_ipl_arguments *arguments, struct error *err)
{
	secure_ipl->offered = arguments->offered;
	secure_ipl->mode = arguments->mode;
	secure_ipl->facilities = arguments->facilities;
	secure_ipl->report_path = arguments->report;
	atomic_store(&secure_ipl->handover_due, true);
	if (!arguments->certificates)
		return 0;
	return certstore_read(&secure_ipl->store, arguments->certificates, err);
}

bool secure_ipl_has_report(const struct secure_ipl *secure_ipl)
{
	return secure_ipl->offered && secure_ipl->mode != IPL_NORMAL;
}

void secure_ipl_set_block(struct secure_ipl *secure_ipl, const struct iplb *block)
{
	pthread_mutex_lock(&secure_ipl->lock);
	secure_ipl->block = *block;
	own(&secure_ipl->block, secure_ipl->mode);
	secure_ipl->block_known = true;
	pthread_mutex_unlock(&secure_ipl->lock);
}

void secure_ipl_get_block(struct secure_ipl *secure_ipl, struct iplb *block)
{
	pthread_mutex_lock(&secure_ipl->lock);
	if (!secure_ipl->block_known) {
		secure_ipl->block = *block;
		own(&secure_ipl->block, secure_ipl->mode);
		secure_ipl->block_known = true;
	}
	*block = secure_ipl->block;
	pthread_mutex_unlock(&secure_ipl->lock);
}

void secure_ipl_on_reset(struct secure_ipl *secure_ipl)
{
	atomic_store(&secure_ipl->handover_due, true);
	if (atomic_exchange(&secure_ipl->reipl_due, false))
		return;
	pthread_mutex_lock(&secure_ipl->lock);
	secure_ipl->block_known = false;
	pthread_mutex_unlock(&secure_ipl->lock);
}

void secure_ipl_keep_handover(struct secure_ipl *secure_ipl, struct text *text)
{
	pthread_mutex_lock(&secure_ipl->lock);
	text_free(&secure_ipl->handover);
	secure_ipl->handover = *text;
	pthread_mutex_unlock(&secure_ipl->lock);
	*text = (struct text){ 0 };
}

bool secure_ipl_add_handover(struct secure_ipl *secure_ipl, struct text *out)
{
	bool any;

	pthread_mutex_lock(&secure_ipl->lock);
	any = secure_ipl->handover.length > 0 && text_ok(&secure_ipl->handover);
	if (any)
		text_add(out, text_chars(&secure_ipl->handover));
	pthread_mutex_unlock(&secure_ipl->lock);
	return any;
}
