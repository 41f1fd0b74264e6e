/* SPDX-License-Identifier: MIT */
/* A domain XML against the tables of domain_schema.c. */
#include <string.h>

#include "machine/domain_internal.h"

static const char *name_of(const xmlNode *node)
{
	return (const char *)node->name;
}

static const char *prefix_of(const xmlNs *ns)
{
	return ns && ns->prefix ? (const char *)ns->prefix : "";
}

static void check_attribute(struct domain *domain, const xmlNode *node, const xmlAttr *found,
			    const struct domain_element *schema)
{
	const char *name = (const char *)found->name, *value;
	const struct domain_attribute *known = domain_schema_attribute(schema->attributes, name);

	if (!known || found->ns) {
		domain_fault(domain, node, "attribute %.40s%s%.40s of <%s> is not known here",
			     prefix_of(found->ns), found->ns ? ":" : "", name, name_of(node));
		return;
	}
	value = domain_attribute(domain, node, name);
	if (value && known->choices && !domain_schema_allows(known->choices, value))
		domain_fault(domain, node, "<%s %s='%.60s'>: what can be had: %s",
			     name_of(node), name, value, known->choices);
	else if (known->flags & DOMAIN_UNUSED)
		domain_note_unused(domain, node, name);
}

static void check_attributes(struct domain *domain, const xmlNode *node,
			     const struct domain_element *schema)
{
	const struct domain_attribute *known = schema->attributes;

	for (const xmlAttr *found = node->properties; found; found = found->next)
		check_attribute(domain, node, found, schema);
	for (; known && known->name; known++) {
		if ((known->flags & DOMAIN_REQUIRED) &&
		    !domain_attribute(domain, node, known->name))
			domain_fault(domain, node, "<%s> lacks its attribute %s", name_of(node),
				     known->name);
	}
}

static void check_text(struct domain *domain, const xmlNode *node,
		       const struct domain_element *schema)
{
	const char *text = domain_text(domain, node);

	if (schema->choices && !domain_schema_allows(schema->choices, text))
		domain_fault(domain, node, "<%s>%.60s</%s>: what can be had: %s", name_of(node),
			     text, name_of(node), schema->choices);
}

/* Text where only elements have a meaning. */
static void check_no_text(struct domain *domain, const xmlNode *node)
{
	for (const xmlNode *child = node->children; child; child = child->next) {
		if ((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) &&
		    !xmlIsBlankNode(child)) {
			domain_fault(domain, node, "<%s> has text, which means nothing here",
				     name_of(node));
			return;
		}
	}
}

static bool came_before(const xmlNode *node)
{
	for (const xmlNode *earlier = node->prev; earlier; earlier = earlier->prev) {
		if (earlier->type == XML_ELEMENT_NODE && xmlStrEqual(earlier->name, node->name))
			return true;
	}
	return false;
}

static void check_child(struct domain *domain, const xmlNode *node, const xmlNode *child,
			const struct domain_element *schema)
{
	const struct domain_element *known = domain_schema_element(schema->children,
								   name_of(child));

	if (!known || child->ns)
		domain_fault(domain, child, "<%.40s%s%.40s> in <%s> is not known here",
			     prefix_of(child->ns), child->ns && child->ns->prefix ? ":" : "",
			     name_of(child), name_of(node));
	else if (!(known->flags & DOMAIN_MANY) && came_before(child))
		domain_fault(domain, child, "<%s> comes a second time in <%s>", name_of(child),
			     name_of(node));
	else
		domain_check(domain, child, known);
}

static void check_children(struct domain *domain, const xmlNode *node,
			   const struct domain_element *schema)
{
	const struct domain_element *known = schema->children;

	for (const xmlNode *child = node->children;
	     child && domain->faults < DOMAIN_FAULTS_MAX; child = child->next) {
		if (child->type == XML_ELEMENT_NODE)
			check_child(domain, node, child, schema);
	}
	for (; known && known->name; known++) {
		if ((known->flags & DOMAIN_REQUIRED) && !domain_xml_child(node, known->name))
			domain_fault(domain, node, "<%s> lacks <%s>", name_of(node), known->name);
	}
}

/* The tables are as deep as a domain XML, and so is this recursion. */
void domain_check(struct domain *domain, const xmlNode *node,
		  const struct domain_element *schema)
{
	if (schema->refusal) {
		domain_fault(domain, node, "<%s>: %s", name_of(node), schema->refusal);
		return;
	}
	if (schema->flags & DOMAIN_UNUSED) {
		domain_note_unused(domain, node, name_of(node));
		return;
	}
	check_attributes(domain, node, schema);
	if (schema->flags & DOMAIN_TEXT)
		check_text(domain, node, schema);
	else
		check_no_text(domain, node);
	check_children(domain, node, schema);
}
