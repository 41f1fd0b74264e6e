/* SPDX-License-Identifier: MIT */
/* CPUs, storage and I/O threads of a domain. */
#include <string.h>

#include "machine/domain_internal.h"

#define IOTHREADS_MAX 64
#define MIB (1ULL << 20)
#define BACKEND "s390.ram"

/* --- CPUs ------------------------------------------------------------------------- */

/* One level of the topology; 1 when it is not said. */
static uint64_t level(struct domain *domain, const xmlNode *topology, const char *name)
{
	const char *text = domain_attribute(domain, topology, name);
	uint64_t count;

	if (text && domain_number(domain, topology, name, text, 1, DOMAIN_CPUS_MAX, &count))
		return count;
	return 1;
}

static void add_topology(struct domain *domain, uint64_t cpus, struct text *option)
{
	static const char *const levels[] = { "drawers", "books", "sockets", "cores" };
	const xmlNode *topology = domain_xml_child(domain_xml_child(domain->root, "cpu"),
						   "topology");
	uint64_t product = 1;

	if (!topology)
		return;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		uint64_t count = level(domain, topology, levels[i]);

		product *= count;
		text_addf(option, ",%s=%u", levels[i], (unsigned)count);
	}
	if (product != cpus)
		domain_fault(domain, topology, "<topology> has %llu CPUs, <vcpu> says %llu",
			     (unsigned long long)product, (unsigned long long)cpus);
}

static void emit_count(struct domain *domain)
{
	const xmlNode *vcpu = domain_xml_child(domain->root, "vcpu");
	const char *current = domain_attribute(domain, vcpu, "current");
	struct text option = { 0 };
	uint64_t max = 1, now;

	if (vcpu && !domain_number(domain, vcpu, "<vcpu>", domain_text(domain, vcpu), 1,
				   DOMAIN_CPUS_MAX, &max))
		return;
	now = max;
	if (current && !domain_number(domain, vcpu, "current", current, 1, max, &now))
		return;
	if (domain_attribute_is(domain, vcpu, "placement", "auto"))
		domain_note_unused(domain, vcpu, "placement");
	text_addf(&option, "cpus=%u", (unsigned)now);
	if (now != max)
		text_addf(&option, ",maxcpus=%u", (unsigned)max);
	add_topology(domain, max, &option);
	domain_emit(domain, "-smp", &option);
}

static bool is_feature_name(const char *name)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";

	return *name && !name[strspn(name, letters)];
}

static void add_features(struct domain *domain, const xmlNode *cpu, struct text *option)
{
	const xmlNode *feature = domain_xml_child(cpu, "feature");

	for (; feature; feature = domain_xml_next(feature)) {
		const char *name = domain_attribute(domain, feature, "name");
		bool off = domain_attribute_is(domain, feature, "policy", "disable") ||
			   domain_attribute_is(domain, feature, "policy", "forbid");

		if (name && is_feature_name(name))
			text_addf(option, ",%s=%s", name, off ? "off" : "on");
		else if (name)
			domain_fault(domain, feature, "'%.60s' is no name of a CPU feature", name);
	}
}

/* The model as QEMU calls it, or NULL for its default. */
static const char *model_name(struct domain *domain, const xmlNode *cpu)
{
	const xmlNode *model = domain_xml_child(cpu, "model");
	const char *mode = domain_attribute(domain, cpu, "mode");

	if (mode && strcmp(mode, "maximum") == 0)
		return "max";
	if (mode && strncmp(mode, "host-", 5) == 0)
		return "host";
	if (!model && domain_xml_child(cpu, "feature"))
		domain_fault(domain, cpu, "<cpu> has features, but no <model>");
	return model ? domain_text(domain, model) : NULL;
}

static void emit_model(struct domain *domain)
{
	const xmlNode *cpu = domain_xml_child(domain->root, "cpu");
	const char *model = model_name(domain, cpu);
	struct text option = { 0 };

	if (!model)
		return;
	if (!is_feature_name(model))
		domain_fault(domain, cpu, "'%.60s' is no name of a CPU model", model);
	text_add(&option, model);
	add_features(domain, cpu, &option);
	domain_emit(domain, "-cpu", &option);
}

void domain_cpus(struct domain *domain)
{
	emit_model(domain);
	emit_count(domain);
}

/* --- Storage ------------------------------------------------------------------------ */

static const xmlNode *backing(const struct domain *domain, const char *name)
{
	return domain_xml_child(domain_xml_child(domain->root, "memoryBacking"), name);
}

static bool has_backend(const struct domain *domain)
{
	return backing(domain, "hugepages") || backing(domain, "source") ||
	       backing(domain, "access") || backing(domain, "allocation");
}

void domain_add_memory_keys(struct domain *domain, struct text *machine)
{
	const xmlNode *memory = domain_xml_child(domain->root, "memory");
	const char *dump = domain_attribute(domain, memory, "dumpCore");

	if (dump)
		domain_key(machine, "dump-guest-core", dump);
	if (backing(domain, "nosharepages"))
		domain_key(machine, "mem-merge", "off");
	if (has_backend(domain))
		domain_key(machine, "memory-backend", BACKEND);
}

static void emit_backend(struct domain *domain, uint64_t mib)
{
	bool huge = backing(domain, "hugepages");
	bool memfd = huge || domain_attribute_is(domain, backing(domain, "source"), "type",
						 "memfd");
	struct text option = { 0 };

	text_addf(&option, "memory-backend-%s,id=" BACKEND ",size=%lluM",
		  memfd ? "memfd" : "ram", (unsigned long long)mib);
	if (huge)
		domain_key(&option, "hugetlb", "on");
	if (backing(domain, "access"))
		domain_key(&option, "share",
			   domain_attribute_is(domain, backing(domain, "access"), "mode",
					       "shared") ? "on" : "off");
	if (domain_attribute_is(domain, backing(domain, "allocation"), "mode", "immediate"))
		domain_key(&option, "prealloc", "on");
	domain_emit(domain, "-object", &option);
}

static void check_current_memory(struct domain *domain, uint64_t bytes)
{
	const xmlNode *node = domain_xml_child(domain->root, "currentMemory");
	uint64_t current;

	if (!node || !domain_size(domain, node, &current))
		return;
	if (current > bytes)
		domain_fault(domain, node, "<currentMemory> is more than <memory>");
	else if (current < bytes)
		domain_warn(domain, node,
			    "<currentMemory>: the guest has all of <memory>, as nothing here fills its balloon");
}

void domain_memory(struct domain *domain)
{
	const xmlNode *node = domain_xml_child(domain->root, "memory");
	struct text option = { 0 };
	uint64_t bytes, mib;

	if (!domain_size(domain, node, &bytes))
		return;
	check_current_memory(domain, bytes);
	/* As libvirt does: whole MiB, the last one filled up. */
	mib = (bytes + MIB - 1) / MIB;
	text_addf(&option, "size=%lluM", (unsigned long long)mib);
	domain_emit(domain, "-m", &option);
	if (has_backend(domain))
		emit_backend(domain, mib);
	if (backing(domain, "locked"))
		domain_emit_plain(domain, "-overcommit", "mem-lock=on");
}

/* --- I/O threads ---------------------------------------------------------------------- */

/* The threads with ids of their own; returns how many. */
static unsigned name_iothreads(struct domain *domain)
{
	const xmlNode *thread = domain_xml_child(domain_xml_child(domain->root, "iothreadids"),
						 "iothread");
	unsigned count = 0;

	for (; thread; thread = domain_xml_next(thread)) {
		const char *text = domain_attribute(domain, thread, "id");
		uint64_t id;

		if (!text || !domain_number(domain, thread, "id", text, 1, IOTHREADS_MAX, &id))
			continue;
		if (domain->iothreads & (1ULL << (id - 1)))
			domain_fault(domain, thread, "<iothread id='%u'> comes a second time",
				     (unsigned)id);
		domain->iothreads |= 1ULL << (id - 1);
		count++;
	}
	return count;
}

void domain_iothreads(struct domain *domain)
{
	const xmlNode *node = domain_xml_child(domain->root, "iothreads");
	unsigned named = name_iothreads(domain);
	uint64_t count = 0;

	if (node)
		domain_number(domain, node, "<iothreads>", domain_text(domain, node), 0,
			      IOTHREADS_MAX, &count);
	for (unsigned id = 1; named < count && id <= IOTHREADS_MAX; id++) {
		if (!(domain->iothreads & (1ULL << (id - 1)))) {
			domain->iothreads |= 1ULL << (id - 1);
			named++;
		}
	}
	for (unsigned id = 1; id <= IOTHREADS_MAX; id++) {
		struct text option = { 0 };

		if (!(domain->iothreads & (1ULL << (id - 1))))
			continue;
		text_addf(&option, "iothread,id=iothread%u", id);
		domain_emit(domain, "-object", &option);
	}
}
