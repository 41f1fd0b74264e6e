/* SPDX-License-Identifier: MIT */
#include "machine/domain_xml.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>

/* What the parser's callback found. */
struct reading {
	bool doctype;
};

/* Comes before anything in a document type declaration is looked at. */
static void stop_at_doctype(void *context, const xmlChar *name,
			    const xmlChar *external, const xmlChar *system)
{
	xmlParserCtxt *parser = context;
	struct reading *reading = parser->_private;

	(void)name;
	(void)external;
	(void)system;
	reading->doctype = true;
	xmlStopParser(parser);
}

static int describe_failure(const struct domain_source *source, xmlParserCtxt *parser,
			    const struct reading *reading, struct error *err)
{
	const xmlError *why = xmlCtxtGetLastError(parser);

	if (reading->doctype) {
		error_set(err, ERR_FORMAT, "'%s' has a document type declaration",
			  source->name);
		return error_hint(err, ERR_FORMAT,
				  "a domain XML needs none: remove <!DOCTYPE ...> and write out what its entities stand for");
	}
	if (!why || !why->message)
		return error_set(err, ERR_FORMAT, "'%s' is no XML", source->name);
	error_set(err, ERR_FORMAT, "'%s' is no XML", source->name);
	snprintf(err->cause, sizeof(err->cause), "line %d: %.*s", why->line,
		 (int)strcspn(why->message, "\n"), why->message);
	return ERR_FORMAT;
}

int domain_xml_parse(xmlDoc **document, const struct domain_source *source,
		     struct error *err)
{
	/* Without a document type, substitution only touches what XML itself defines. */
	const int options = XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR |
			    XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES;
	struct reading reading = { 0 };
	struct error unused;
	xmlParserCtxt *parser;
	int rc = 0;

	err = err ? err : &unused;
	if (source->size > DOMAIN_FILE_MAX)
		return error_set(err, ERR_FORMAT, "'%s' is larger than %d bytes",
				 source->name, DOMAIN_FILE_MAX);
	parser = xmlNewParserCtxt();
	if (!parser)
		return error_set(err, ERR_NOMEM, "Out of memory");
	parser->_private = &reading;
	parser->sax->internalSubset = stop_at_doctype;
	*document = xmlCtxtReadMemory(parser, source->data, (int)source->size,
				      source->name, NULL, options);
	if (!*document || reading.doctype) {
		rc = describe_failure(source, parser, &reading, err);
		xmlFreeDoc(*document);
		*document = NULL;
	}
	xmlFreeParserCtxt(parser);
	return rc;
}

static const xmlNode *find(const xmlNode *node, const xmlChar *name)
{
	while (node && (node->type != XML_ELEMENT_NODE || !xmlStrEqual(node->name, name)))
		node = node->next;
	return node;
}

const xmlNode *domain_xml_child(const xmlNode *parent, const char *name)
{
	return parent ? find(parent->children, BAD_CAST name) : NULL;
}

const xmlNode *domain_xml_next(const xmlNode *node)
{
	return find(node->next, node->name);
}

/* Gives @value, which is freed, to the document of @node. */
static const char *keep(const xmlNode *node, xmlChar *value, int start, int length,
			bool *broken)
{
	const xmlChar *kept = value ? xmlDictLookup(node->doc->dict, value + start, length) :
				      NULL;

	xmlFree(value);
	if (!kept)
		*broken = true;
	return (const char *)kept;
}

const char *domain_xml_attribute(const xmlNode *node, const char *name, bool *broken)
{
	if (!node || !xmlHasProp(node, BAD_CAST name))
		return NULL;
	return keep(node, xmlGetNoNsProp(node, BAD_CAST name), 0, -1, broken);
}

const char *domain_xml_text(const xmlNode *node, bool *broken)
{
	static const char blanks[] = " \t\r\n";
	xmlChar *text = xmlNodeGetContent(node);
	const char *chars = text ? (const char *)text : "";
	size_t start = strspn(chars, blanks), end = strlen(chars);

	while (end > start && strchr(blanks, chars[end - 1]))
		end--;
	return keep(node, text, (int)start, (int)(end - start), broken);
}
