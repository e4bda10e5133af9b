// SPDX-License-Identifier: MIT
/* Copyright (c) 2026 AllocPolicy authors */
/* pid 1 of the oracle machine: reads oracle=PART ostart=N from the command line */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <errno.h>
#include <sys/mount.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/syscall.h>
#include <sched.h>

static void put(const char *f, const char *s)
{
	int fd = open(f, O_WRONLY);
	if (fd >= 0) { write(fd, s, strlen(s)); close(fd); }
}

static int nv;
static void victim(void)
{
	pid_t p = fork();
	if (p == 0) {
		size_t n = 6 << 20;
		char *m = mmap(0, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		put("/proc/self/oom_score_adj", "500");
		if (m != MAP_FAILED)
			memset(m, 1, n);
		for (;;) pause();
	}
	if (p > 0) nv++;
}

int main(void)
{
	char cmd[4096] = "", part[64] = "const", b[128], *p;
	int start = 1, fd, r;
	unsigned long addr = 0;

	mkdir("/proc", 0755); mkdir("/sys", 0755); mkdir("/cg", 0755);
	mount("proc", "/proc", "proc", 0, 0);
	mount("sysfs", "/sys", "sysfs", 0, 0);
	fd = open("/proc/cmdline", O_RDONLY);
	r = read(fd, cmd, sizeof(cmd) - 1); close(fd);
	if ((p = strstr(cmd, "oracle="))) sscanf(p + 7, "%63s", part);
	if ((p = strstr(cmd, "ostart="))) start = atoi(p + 7);
	put("/proc/sys/kernel/printk", "7");
	put("/proc/sys/vm/watermark_boost_factor", "0");
	put("/proc/sys/kernel/hung_task_timeout_secs", "0");
	if (!strncmp(part, "p3", 2) || !strcmp(part, "p4c"))
		put("/proc/sys/vm/min_free_kbytes", "4096");
	put("/proc/sys/vm/drop_caches", "3");
	if (!strcmp(part, "p2") || !strcmp(part, "p2v") || strstr(cmd, "ocg=1")) {
		mount("cg", "/cg", "cgroup2", 0, 0);
		put("/cg/cgroup.subtree_control", "+memory");
		mkdir("/cg/t", 0755);
		put("/cg/t/cgroup.procs", "0");
	}
	if (!strcmp(part, "p3g")) {
		mount("cg", "/cg", "cgroup2", 0, 0);
		put("/cg/cgroup.subtree_control", "+cpuset");
		mkdir("/cg/c", 0755);
		put("/cg/c/cpuset.mems", "1");
		put("/cg/c/cgroup.procs", "0");
	}
	if (!strcmp(part, "pm")) {
		mount("cg", "/cg", "cgroup2", 0, 0);
		put("/cg/cgroup.subtree_control", "+memory");
		mkdir("/cg/t", 0755);
		put("/cg/t/memory.max", "6291456");
		put("/cg/t/cgroup.procs", "0");
	}
	if (!strcmp(part, "p3f")) {
		size_t n = 64UL << 20, i;
		char *m;
		int nn = 0;
		fd = open("/proc/gfporacle", O_WRONLY);
		for (;;) {
			nn = sprintf(b, "p3fa %d 0", start);
			if (write(fd, b, nn) < 0) break;
			/* a fresh mapping, so that neighbours in the mapping are neighbours in memory */
			m = mmap(0, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			madvise(m, n, MADV_NOHUGEPAGE);
			for (i = 0; i < n; i += 4096) m[i] = 1;
			nn = sprintf(b, "p3fb %d 0", start); write(fd, b, nn);
			for (i = 4096; i < n; i += 8192) madvise(m + i, 4096, MADV_DONTNEED);
			nn = sprintf(b, "p3fc %d 0", start); write(fd, b, nn);
			munmap(m, n);
		}
		sync(); reboot(RB_AUTOBOOT);
	}
	if (!strcmp(part, "p4") || !strcmp(part, "p3r") || !strcmp(part, "p4r")) {
		size_t n = 8192 * 4096;
		cpu_set_t c;	/* the pages are to be those of node 0 */
		CPU_ZERO(&c); CPU_SET(0, &c); sched_setaffinity(0, sizeof(c), &c);
		int sh = !strcmp(part, "p4r") ? MAP_SHARED : MAP_PRIVATE;
		char *m = mmap(0, n, PROT_READ | PROT_WRITE, sh | MAP_ANONYMOUS, -1, 0);
		madvise(m, n, MADV_NOHUGEPAGE);
		memset(m, 1, n);
		addr = (unsigned long)m;
	}
	fd = open("/proc/gfporacle", O_WRONLY);
	do {
		if (!strcmp(part, "p3b")) {
			while (waitpid(-1, 0, WNOHANG) > 0) nv--;
			while (nv < 4) victim();
			usleep(20000);
		}
		sprintf(b, "%s %d %lx", part, start, addr);
		r = write(fd, b, strlen(b));
	} while (r > 0);
	sync();
	reboot(RB_AUTOBOOT);
	for (;;) pause();
}
