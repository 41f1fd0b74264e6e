/* SPDX-License-Identifier: MIT */
/*
 * XML from outside, read with libxml2 so that it can neither reach other files
 * nor grow: no document type, therefore no entities; no network; bounded depth.
 * See docs/reference/domain-xml.md, "Reading".
 */
#ifndef UV_MACHINE_DOMAIN_XML_H
#define UV_MACHINE_DOMAIN_XML_H

#include <libxml/tree.h>
#include <stdbool.h>

#include "machine/domain.h"

/* ERR_FORMAT with the line for what is no XML or not taken. Caller frees with
 * xmlFreeDoc(). */
int domain_xml_parse(xmlDoc **document, const struct domain_source *source,
		     struct error *err);

/* The first element @name in @parent (which may be NULL), and the next of the
 * same name after @node; NULL when there is none. */
const xmlNode *domain_xml_child(const xmlNode *parent, const char *name);
const xmlNode *domain_xml_next(const xmlNode *node);

/*
 * The value of an attribute, and the text of an element without the blanks
 * around it. They live as long as the document. NULL for an attribute that is
 * not there; @broken is set for want of memory.
 */
const char *domain_xml_attribute(const xmlNode *node, const char *name, bool *broken);
const char *domain_xml_text(const xmlNode *node, bool *broken);

#endif
