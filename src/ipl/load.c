/* SPDX-License-Identifier: MIT */
#include "ipl/load.h"

#include <string.h>

#include "base/range.h"
#include "ipl/scheme.h"

/* --- What went wrong --------------------------------------------------------- */

/* The entry of the report that stands for what is being loaded. */
static struct iirb_component *current(struct load *load)
{
	return &load->report.components[load->report.component_count - 1];
}

static struct load_range current_range(const struct load *load)
{
	if (load->entry == LOAD_NO_ENTRY || load->loaded_count == 0)
		return (struct load_range){ 0 };
	return load->loaded[load->loaded_count - 1];
}

static void tell(const struct load *load, enum load_message_kind kind,
		 enum ipl_problem problem)
{
	const struct load_operations *operations = load->request->operations;
	const struct load_message message = {
		.kind = kind,
		.problem = problem,
		.entry = load->entry,
		.range = current_range(load),
	};

	operations->tell(operations->context, &message);
}

static enum load_status fail(const struct load *load, enum ipl_problem problem)
{
	tell(load, LOAD_FAILED, problem);
	return LOAD_TRY_NEXT;
}

static enum load_status stop(const struct load *load, enum ipl_problem problem)
{
	tell(load, LOAD_STOPPED, problem);
	return LOAD_STOP;
}

/* The indicators are set first: in audit mode they reach the report. */
static enum load_status event(struct load *load, const struct ipl_problem_facts *facts,
			      enum ipl_problem problem)
{
	load->report.iiei |= facts->iiei;
	if (facts->cei) {
		struct iirb_component *component = current(load);

		component->cei = be32(be32_get(component->cei) | facts->cei);
	}
	if (load->request->mode == IPL_SECURE)
		return stop(load, problem);
	tell(load, LOAD_WARNING, problem);
	return LOAD_DONE;
}

/* What @problem means in the mode of this boot; IPL_OK means nothing. */
static enum load_status meet(struct load *load, enum ipl_problem problem)
{
	const struct ipl_problem_facts *facts;

	if (problem == IPL_OK)
		return LOAD_DONE;
	facts = ipl_problem_facts(problem);
	switch (facts->kind) {
	case IPL_KIND_EVENT:
		return event(load, facts, problem);
	case IPL_KIND_FAILURE:
		return fail(load, problem);
	case IPL_KIND_FOREIGN:
		return load->request->mode == IPL_NORMAL ? fail(load, problem)
							 : stop(load, problem);
	case IPL_KIND_STOP:
		break;
	}
	return stop(load, problem);
}

/* --- Guest storage ----------------------------------------------------------- */

/* Neither range wraps around. */
static bool overlap(struct load_range a, struct load_range b)
{
	return ranges_overlap(a.address, a.size, b.address, b.size);
}

static bool is_reserved(const struct load_request *request, struct load_range range)
{
	const struct load_range report = { request->iplb_address, IPL_REPORT_ROOM };

	for (unsigned i = 0; i < request->reserved_count; i++) {
		if (overlap(range, request->reserved[i]))
			return true;
	}
	return request->mode != IPL_NORMAL &&
	       (overlap(range, report) || overlap(range, request->certificates));
}

static void *storage(const struct load *load, struct load_range range)
{
	const struct load_operations *operations = load->request->operations;

	if (range.address + range.size < range.address)
		return NULL;
	return operations->storage(operations->context, range.address, range.size);
}

/* Where the next @size bytes of a segment go, into *@to. */
typedef enum ipl_problem room_function(struct load *load, uint64_t size, void **to);

/* Behind what is there of the component already. */
static enum ipl_problem storage_room(struct load *load, uint64_t size, void **to)
{
	struct load_range *component = &load->loaded[load->loaded_count - 1];
	const struct load_range piece = { component->address + component->size, size };

	*to = storage(load, piece);
	if (!*to)
		return IPL_PROBLEM_OUTSIDE_STORAGE;
	if (is_reserved(load->request, piece))
		return IPL_PROBLEM_RESERVED_STORAGE;
	component->size += size;
	return IPL_OK;
}

static enum ipl_problem signature_room(struct load *load, uint64_t size, void **to)
{
	if (size > SIGNATURE_SIZE_MAX - load->signature_size)
		return IPL_PROBLEM_SIGNATURE_SIZE;
	*to = load->signature + load->signature_size;
	load->signature_size += (uint32_t)size;
	return IPL_OK;
}

/* Reads all of @entry's segment; that there is room is checked piece by piece. */
static enum ipl_problem read_segment(struct load *load, const struct component_entry *entry,
				     room_function *room)
{
	const struct bootmap_disk *disk = load->request->disk;
	struct bootmap_extent extent;
	enum ipl_problem problem;
	void *to;

	segment_walk_start(&load->walk, disk, entry);
	for (;;) {
		problem = segment_walk_next(&load->walk, &extent);
		if (problem || extent.count == 0)
			return problem;
		problem = room(load, (uint64_t)extent.count * disk->block_size, &to);
		if (problem)
			return problem;
		if (!disk->read(disk->context, extent.block, extent.count, to))
			return IPL_PROBLEM_READ;
	}
}

/* --- Signed components ------------------------------------------------------- */

static enum load_status load_signature(struct load *load, const struct component_entry *entry)
{
	const uint32_t size = be32_get(entry->signature.size);
	enum ipl_problem problem;

	if (load->signature_size)
		return meet(load, IPL_PROBLEM_SIGNATURE_TWICE);
	if (entry->signature.format != SIGNATURE_DER_PKCS7)
		return meet(load, IPL_PROBLEM_SIGNATURE_FORMAT);
	problem = read_segment(load, entry, signature_room);
	if (!problem && (size == 0 || size > load->signature_size))
		problem = IPL_PROBLEM_SIGNATURE_SIZE;
	load->signature_size = size;
	return meet(load, problem);
}

static enum load_status check_sclab(struct load *load, const void *bytes,
				    struct load_range component)
{
	const struct sclab_place place = { component.address, load->has_global };
	struct sclab_findings findings;
	enum load_status status;
	struct sclab sclab;
	enum ipl_problem problem = sclab_find(bytes, component.size, &sclab);

	if (problem)
		return meet(load, problem);
	load->sclab_count++;
	sclab_check(&sclab, &place, &findings);
	for (unsigned i = 0; i < findings.count; i++) {
		status = meet(load, findings.problems[i]);
		if (status)
			return status;
	}
	if (sclab_is_global(&sclab)) {
		load->has_global = true;
		load->global = sclab;
	}
	return LOAD_DONE;
}

/* Puts certificate @index of the store into the report. */
static enum ipl_problem add_certificate(struct load *load, unsigned index)
{
	const struct load_request *request = load->request;
	const struct load_operations *operations = request->operations;
	const struct load_range room = {
		request->certificates.address + load->certificates_used,
		request->certificates.size - load->certificates_used,
	};
	void *to = storage(load, room);
	size_t size;

	if (!to)
		return IPL_PROBLEM_CERTIFICATE_ROOM;
	switch (operations->certificate(operations->context, index, to, room.size, &size)) {
	case LOAD_CERTIFICATE_OK:
		break;
	case LOAD_CERTIFICATE_NONE:
		return IPL_PROBLEM_CERTIFICATE;
	case LOAD_CERTIFICATE_ROOM:
		return IPL_PROBLEM_CERTIFICATE_ROOM;
	}
	load->report.certificates[load->report.certificate_count++] =
		(struct iirb_certificate){ be64(room.address), be64(size) };
	load->certificates_used += size;
	load->certificate_of[index] = (uint16_t)load->report.certificate_count;
	return IPL_OK;
}

static enum load_status note_verified(struct load *load, unsigned index)
{
	enum ipl_problem problem = IPL_OK;

	if (index >= IIRB_CERTIFICATES_MAX)
		problem = IPL_PROBLEM_CERTIFICATE;
	else if (load->certificate_of[index] == 0)
		problem = add_certificate(load, index);
	if (problem)
		return meet(load, problem);
	current(load)->flags |= IIRB_VERIFIED;
	current(load)->certificate = be16((uint16_t)(load->certificate_of[index] - 1));
	tell(load, LOAD_VERIFIED, IPL_OK);
	return LOAD_DONE;
}

static enum load_status check_signed(struct load *load, struct load_range component)
{
	const struct load_operations *operations = load->request->operations;
	const void *bytes = storage(load, component);
	enum load_status status;
	unsigned index;

	current(load)->flags |= IIRB_SIGNED;
	status = check_sclab(load, bytes, component);
	if (status)
		return status;
	if (!operations->verify(operations->context, bytes, component.size,
				load->signature, load->signature_size, &index))
		return meet(load, IPL_PROBLEM_NOT_VERIFIED);
	return note_verified(load, index);
}

/* --- Any component ----------------------------------------------------------- */

/* Before the first byte is loaded, so that secure mode keeps the prefix area. */
static enum load_status check_low(struct load *load, uint64_t address)
{
	if (address >= LOAD_LOW_END)
		return LOAD_DONE;
	if (!load->signature_size)
		return meet(load, IPL_PROBLEM_UNSIGNED_LOW);
	return meet(load, load->request->mode == IPL_SECURE ? IPL_PROBLEM_LOW_STORAGE
							    : IPL_OK);
}

static enum load_status check_overlap(struct load *load, struct load_range component)
{
	for (unsigned i = 0; i + 1 < load->loaded_count; i++) {
		if (overlap(component, load->loaded[i]))
			return meet(load, IPL_PROBLEM_OVERLAP);
	}
	return LOAD_DONE;
}

/* The checks of a component that has been loaded; not in normal mode. */
static enum load_status check_component(struct load *load)
{
	const struct load_range component = load->loaded[load->loaded_count - 1];
	enum load_status status;

	current(load)->length = be64(component.size);
	status = check_overlap(load, component);
	if (status == LOAD_DONE && load->signature_size)
		status = check_signed(load, component);
	load->signature_size = 0;
	return status;
}

static enum load_status load_component(struct load *load, const struct component_entry *entry)
{
	const bool checked = load->request->mode != IPL_NORMAL;
	const uint64_t address = be64_get(entry->address);
	enum load_status status = LOAD_DONE;
	enum ipl_problem problem;

	load->loaded[load->loaded_count++] = (struct load_range){ address, 0 };
	if (checked) {
		load->report.components[load->report.component_count++] =
			(struct iirb_component){ .address = entry->address };
		status = check_low(load, address);
	}
	if (status)
		return status;
	problem = read_segment(load, entry, storage_room);
	if (!problem && load->loaded[load->loaded_count - 1].size == 0)
		problem = IPL_PROBLEM_EMPTY;
	if (problem)
		return meet(load, problem);
	return checked ? check_component(load) : LOAD_DONE;
}

/* --- The whole program ------------------------------------------------------- */

/* The instruction at the PSW's address, two bytes at least, is a signed one's. */
static bool is_signed_psw(const struct ipl_report *report, uint64_t psw)
{
	const uint64_t address = psw & SHORT_PSW_ADDRESS;

	for (unsigned i = 0; i < report->component_count; i++) {
		const struct iirb_component *component = &report->components[i];
		const uint64_t start = be64_get(component->address);
		const uint64_t size = be64_get(component->length);

		if (component->flags & IIRB_SIGNED && size >= 2 && address >= start &&
		    address - start <= size - 2)
			return true;
	}
	return false;
}

static unsigned signed_count(const struct ipl_report *report)
{
	unsigned count = 0;

	for (unsigned i = 0; i < report->component_count; i++)
		count += (report->components[i].flags & IIRB_SIGNED) != 0;
	return count;
}

/* About components, without the EXEC entry. */
static enum load_status check_global(struct load *load, unsigned signed_components,
				     unsigned unsigned_components)
{
	const uint64_t psw = be64_get(load->global.load_psw);
	const uint16_t flags = be16_get(load->global.flags);
	enum load_status status = LOAD_DONE;

	if (!is_signed_psw(&load->report, load->psw) || !is_signed_psw(&load->report, psw))
		status = meet(load, IPL_PROBLEM_PSW_UNSIGNED);
	if (status == LOAD_DONE && psw != load->psw)
		status = meet(load, IPL_PROBLEM_LOAD_PSW);
	load->entry = LOAD_NO_ENTRY;
	if (status == LOAD_DONE && flags & SCLAB_NUC && unsigned_components)
		status = meet(load, IPL_PROBLEM_UNSIGNED);
	if (status == LOAD_DONE && flags & SCLAB_SC &&
	    (signed_components != 1 || unsigned_components))
		status = meet(load, IPL_PROBLEM_NOT_SINGLE);
	return status;
}

static enum load_status check_program(struct load *load)
{
	const unsigned all = load->report.component_count;
	const unsigned signed_components = signed_count(&load->report);
	const unsigned exec_entry = load->entry;
	enum load_status status = LOAD_DONE;

	load->report.components[load->report.component_count++] =
		(struct iirb_component){ .address = be64(load->psw) };
	load->entry = LOAD_NO_ENTRY;
	if (signed_components == 0)
		status = meet(load, IPL_PROBLEM_NOTHING_SIGNED);
	if (status == LOAD_DONE && load->sclab_count == 0)
		status = meet(load, IPL_PROBLEM_NO_SCLAB);
	if (status)
		return status;
	if (!load->has_global)
		return meet(load, IPL_PROBLEM_NO_GLOBAL_SCLAB);
	load->entry = exec_entry;
	return check_global(load, signed_components, all - signed_components);
}

static enum load_status put_report(struct load *load)
{
	const struct load_range place = { load->request->iplb_address, IPL_REPORT_ROOM };
	uint8_t *iplb = storage(load, place);
	uint32_t offset;

	load->entry = LOAD_NO_ENTRY;
	if (!iplb)
		return meet(load, IPL_PROBLEM_REPORT_PLACE);
	offset = be32_get(((const struct iplb *)iplb)->length);
	if (offset > IPLB_SIZE || offset % 8 != 0)
		return meet(load, IPL_PROBLEM_REPORT_PLACE);
	load->report_size = ipl_report_write(&load->report, iplb + offset);
	return LOAD_DONE;
}

static enum load_status load_exec(struct load *load, const struct component_entry *entry)
{
	enum load_status status;

	load->psw = be64_get(entry->psw);
	if (load->request->mode == IPL_NORMAL)
		return LOAD_DONE;
	if (load->signature_size)
		return meet(load, IPL_PROBLEM_SIGNATURE_ALONE);
	status = check_program(load);
	return status ? status : put_report(load);
}

static enum load_status load_entries(struct load *load)
{
	const bool checked = load->request->mode != IPL_NORMAL;
	enum load_status status = LOAD_DONE;

	for (load->entry = 0; load->entry < load->table.count; load->entry++) {
		const struct component_entry *entry =
			component_table_entry(&load->table, load->entry);

		switch (entry->type) {
		case COMPONENT_EXEC:
			return load_exec(load, entry);
		case COMPONENT_LOAD:
			status = load_component(load, entry);
			break;
		case COMPONENT_SIGNATURE:
			if (checked)
				status = load_signature(load, entry);
			break;
		default:
			status = meet(load, IPL_PROBLEM_ENTRY_TYPE);
		}
		if (status)
			return status;
	}
	return meet(load, IPL_PROBLEM_NO_EXEC);
}

/* Forgets an earlier program; the tables are filled when they are read. */
static void start(struct load *load, const struct load_request *request)
{
	load->request = request;
	load->psw = 0;
	load->report_size = 0;
	load->report.iiei = 0;
	load->report.component_count = 0;
	load->report.certificate_count = 0;
	load->entry = LOAD_NO_ENTRY;
	load->loaded_count = 0;
	load->signature_size = 0;
	load->sclab_count = 0;
	load->has_global = false;
	load->certificates_used = 0;
	memset(load->certificate_of, 0, sizeof(load->certificate_of));
}

enum load_status load_program(struct load *load, const struct load_request *request)
{
	enum ipl_problem problem;

	start(load, request);
	problem = bootmap_read_programs(request->disk, &load->programs);
	if (problem == IPL_PROBLEM_NO_BOOT_RECORD)
		problem = scheme_of(request->disk);
	if (!problem && request->program >= BOOTMAP_PROGRAMS)
		problem = IPL_PROBLEM_PROGRAM_NUMBER;
	if (!problem)
		problem = bootmap_read_components(request->disk, &load->programs,
						  request->program, &load->table);
	return problem ? meet(load, problem) : load_entries(load);
}

enum load_status load_refuse(struct load *load, const struct load_request *request,
			     enum ipl_problem problem)
{
	start(load, request);
	return meet(load, problem);
}
