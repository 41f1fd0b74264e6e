/* SPDX-License-Identifier: MIT */
/*
 * A mount goes on in the background. What can go wrong goes wrong before, in the
 * sight of whoever called: the child opens, unlocks and mounts, and only then the
 * parent ends. Keys never pass a fork.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dump/mount.h"
#include "zgetdump.h"

/* Leaves the terminal, then tells the parent. */
static bool detach(void *context)
{
	int parent = *(int *)context, null;

	if (parent < 0)
		return true;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || setsid() < 0 || chdir("/") < 0)
		return false;
	if (write(parent, "", 1) != 1)
		return false;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	if (null > STDERR_FILENO)
		close(null);
	close(parent);
	return true;
}

static int serve(const struct settings *settings, int parent, struct cli *cli,
		 struct error *err)
{
	struct dump_mount mount = { .ready = detach, .context = &parent };
	char *folder = NULL, *source = NULL;
	struct opened opened;
	struct target *target = NULL;
	int rc = opened_open(&opened, settings, cli, err);

	if (rc == 0)
		rc = opened_target(&target, &opened, settings, cli, err);
	if (rc == 0 && (!(folder = realpath(settings->output, NULL)) ||
			!(source = realpath(settings->dump, NULL)) ||
			stat(source, &mount.times) < 0))
		rc = error_set_errno(err, ERR_IO, errno, "Cannot find '%s'",
				     folder ? settings->dump : settings->output);
	if (rc == 0) {
		mount.dump = opened.dump;
		mount.target = target;
		mount.format = chosen_format(settings);
		mount.source = source;
		mount.folder = folder;
		rc = dump_mount(&mount, err);
	}
	free(folder);
	free(source);
	target_free(target);
	opened_close(&opened);
	return rc;
}

static int serve_and_tell(const struct settings *settings, int parent, struct cli *cli)
{
	struct error err = { 0 };

	return serve(settings, parent, cli, &err) < 0 ? cli_fail(cli, &err) : CLI_OK;
}

/* The exit code of the parent: that the mount is there, or what the child says. */
static int await(pid_t child, int ready)
{
	char byte;
	int status;

	if (read(ready, &byte, 1) == 1)
		return CLI_OK;
	if (waitpid(child, &status, 0) == child && WIFEXITED(status))
		return WEXITSTATUS(status) ? WEXITSTATUS(status) : CLI_FAILURE;
	return CLI_FAILURE;
}

int run_mount(const struct settings *settings, struct cli *cli)
{
	struct error err = { 0 };
	int ends[2];
	pid_t child;

	if (settings->foreground)
		return serve_and_tell(settings, -1, cli);
	if (pipe2(ends, O_CLOEXEC) < 0 || (child = fork()) < 0) {
		error_set_errno(&err, ERR_IO, errno, "Cannot go to the background");
		return cli_fail(cli, &err);
	}
	if (child == 0) {
		close(ends[0]);
		return serve_and_tell(settings, ends[1], cli);
	}
	close(ends[1]);
	return await(child, ends[0]);
}
