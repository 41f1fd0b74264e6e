/* SPDX-License-Identifier: MIT */
#include "ipl/problem.h"

#define ROW(name, kind, cei, iiei, text, remedy) \
	[IPL_PROBLEM_##name] = { #name, IPL_KIND_##kind, cei, iiei, text, remedy },

static const struct ipl_problem_facts problem_facts[IPL_PROBLEM_COUNT] = {
	IPL_PROBLEMS(ROW)
};

const struct ipl_problem_facts *ipl_problem_facts(enum ipl_problem problem)
{
	return &problem_facts[problem];
}
