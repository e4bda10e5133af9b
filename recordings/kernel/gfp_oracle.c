// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) 2026 AllocPolicy authors
 *
 * Linked into the kernel and made of its headers: GPL-2.0, unlike the rest of AllocPolicy.
 *
 * gfp_oracle: drives the page allocator, slab, vmalloc, percpu, mempool, CMA and contiguous
 * allocators with chosen GFP masks in chosen contexts and memory states, and writes one JSON
 * object per line to the QEMU debug port 0xe9.  Console text goes to port 0xe8.
 * Built in (mm/Makefile: obj-y += gfp_oracle.o).  Driven from init by /proc/gfporacle.
 */
#include <linux/version.h>
#include <linux/kernel.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/mempool.h>
#include <linux/percpu.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>
#include <linux/console.h>
#include <linux/kprobes.h>
#include <linux/tracepoint.h>
#include <linux/oom.h>
#include <linux/bug.h>
#include <linux/cma.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/device.h>
#include <linux/compaction.h>
#include <linux/migrate.h>
#include <linux/reboot.h>
#include <linux/delay.h>
#include <linux/utsname.h>
#include <linux/cpuset.h>
#include <linux/vmstat.h>
#include <linux/swap.h>
#include <linux/shrinker.h>
#include <linux/suspend.h>
#include <linux/page-isolation.h>
#include <asm/sections.h>
#include <asm/io.h>
#include "internal.h"
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0) && __has_include("page_alloc.h")
#include "page_alloc.h"		/* alloc_context and ALLOC_* left internal.h */
#endif

#define V510 (LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0))	/* only tried on 5.10 */
#define V612 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0))
#define V73 (LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0))	/* only tried on 7.3 */
#if V73
/* names that went away between 6.12 and 7.3 */
#define __alloc_pages_node(nid, g, o)		alloc_pages_node(nid, g, o)
#define alloc_pages_bulk_array(g, n, a)		alloc_pages_bulk(g, n, a)
#define CONTIG_RANGE(s, e, g)			alloc_contig_range(s, e, ACR_FLAGS_NONE, g)
#define KSWAPD_FAILURES_RESET(n)		atomic_set(&NODE_DATA(n)->kswapd_failures, 0)
#define PAGE_FLAGS_P(p)				(&(p)->flags.f)
#else
#define CONTIG_RANGE(s, e, g)			alloc_contig_range(s, e, MIGRATE_MOVABLE, g)
#define KSWAPD_FAILURES_RESET(n)		(NODE_DATA(n)->kswapd_failures = 0)
#define PAGE_FLAGS_P(p)				(&(p)->flags)
#endif
/* cma_alloc_folio() took a mask; its successor cma_alloc_frozen_compound() does not */
#define HAVE_CMA_FOLIO (V612 && !V73)
/* neither folios nor the bulk allocator in 5.10: those rows are left out */
#define HAVE_FOLIO (!V510)
#define HAVE_BULK (!V510)
#if V510
#define PF_MEMALLOC_PIN PF_MEMALLOC_NOCMA	/* what context "pin" was then */
#define PageMemcgKmem(p) PageKmemcg(p)
#define IRQ_WORK_SET(w, f) init_irq_work(w, f)
#define __GFP_ZEROTAGS ((__force gfp_t)0)
#else
#define IRQ_WORK_SET(w, f) (*(w) = IRQ_WORK_INIT_HARD(f))
#endif
#if V612
#define TOPORDER MAX_PAGE_ORDER
#else
#define TOPORDER (MAX_ORDER - 1)
#endif

unsigned int gfporacle_alloc_flags(gfp_t g, unsigned int order);
int gfporacle_pfmemalloc_flags(gfp_t g);
int gfporacle_prepare(gfp_t g, unsigned int order, int nid, struct alloc_context *ac,
		      gfp_t *ag, unsigned int *af);
void gfporacle_pcp_off(struct zone *z);
void gfporacle_unreserve(int nid);
#if V612
int gfporacle_contig_verify(gfp_t g, gfp_t *cc);
#endif

/* ------------------------------------------------------------------ output */
static char ob[16384];
static int on;

static __printf(1, 2) void E(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	on += vscnprintf(ob + on, sizeof(ob) - on, fmt, ap);
	va_end(ap);
}

static void EOUT(void)
{
	if (on > sizeof(ob) - 2)
		on = sizeof(ob) - 2;
	ob[on++] = '\n';
	outsb(0xe9, ob, on);
	on = 0;
}

static void Estr(const char *s, int n)
{
	int i;

	E("\"");
	for (i = 0; i < n && s[i]; i++) {
		if (s[i] == '"' || s[i] == '\\')
			E("\\%c", s[i]);
		else if (s[i] >= 32 && s[i] < 127)
			E("%c", s[i]);
		else
			E(" ");
	}
	E("\"");
}

/* ------------------------------------------------------------------ console capture */
static char cap[131072];
static int capn;
static bool capturing;

static void cap_write(struct console *c, const char *s, unsigned int n)
{
	outsb(0xe8, s, n);
	if (capturing) {
		int k = min_t(int, n, (int)sizeof(cap) - 1 - capn);

		memcpy(cap + capn, s, k);
		capn += k;
	}
}

static struct console cap_con = {
	.name = "gfpcap", .write = cap_write, .flags = CON_ENABLED | CON_PRINTBUFFER, .index = -1,
};

static const char *const want[] = {
	"WARNING:", "BUG", "failure", "oom-killer", "Out of memory", "gfp", "GFP", "cma:", "Unable",
	"INFO:", "panic", "percpu:", "alloc_contig", "vmalloc", "vmap", "trying to", "PFN",
	"exceeds", "oom", "Bad page", "migrat", "refcount",
};

static bool line_wanted(const char *l, int n)
{
	char b[256];
	int i;

	if (n > 255)
		n = 255;
	memcpy(b, l, n);
	b[n] = 0;
	if (strstr(b, "WARNING:") || strstr(b, "BUG"))
		return true;
	if (strstr(b, "+0x") || strstr(b, "Modules linked") || strstr(b, "Mem-Info") || strstr(b, "CPU:"))
		return false;
	for (i = 0; i < ARRAY_SIZE(want); i++)
		if (strstr(b, want[i]))
			return true;
	return false;
}

static void emit_log(void)
{
	char *p, *e = cap + capn, *q;
	int k = 0, n, total = 0;

	cap[capn] = 0;
	for (p = cap; p < e; p++)
		if (*p == '\n')
			total++;
	E(",\"loglines\":%d", total);
	if (!total)
		return;
	E(",\"log\":[");
	for (p = cap; p < e && k < 8; p = q + 1) {
		q = memchr(p, '\n', e - p);
		if (!q)
			q = e;
		/* strip the [   12.345678] stamp */
		if (*p == '[') {
			char *r = memchr(p, ']', q - p);

			if (r && r + 2 < q)
				p = r + 2;
		}
		n = q - p;
		if (n > 2 && line_wanted(p, n)) {
			if (k++)
				E(",");
			Estr(p, min(n, 240));
		}
	}
	E("]");
}

/* ------------------------------------------------------------------ probes */
static struct task_struct *test_task;
static bool armed;
static bool wd_fired_flag;

struct gp { u32 g; u16 af; u8 order, hz, mt; u8 nid; u32 n; };
#define NGP 14
static struct gp gpl[NGP]; static int ngpl; static long gpn;
#define NAL 8
static struct gp all_[NAL]; static int nall; static long aln;
static u32 wakeg; static int wakeo, wakehz;

struct pr {
	const char *key;
	const char *sym[4];
	struct kprobe kp;
	bool ok;
	long n;
};

static struct pr prs[] = {
	{ "gpff", { "get_page_from_freelist" } },
	{ "alloc", { "__alloc_frozen_pages_noprof", "__alloc_pages", "__alloc_pages_noprof", "__alloc_pages_nodemask" } },
	{ "slow", { "__alloc_pages_slowpath" } },
	{ "dreclaim", { "__alloc_pages_direct_reclaim" } },
	{ "tryfree", { "try_to_free_pages" } },
	{ "dcompact", { "__alloc_pages_direct_compact" } },
	{ "trycompact", { "try_to_compact_pages" } },
	{ "mayoom", { "__alloc_pages_may_oom" } },
	{ "oom", { "out_of_memory" } },
	{ "oomkill", { "oom_kill_process", "__oom_kill_process" } },
	{ "wake", { "wakeup_kswapd" } },
	{ "wakekc", { "wakeup_kcompactd" } },
	{ "warn_alloc", { "warn_alloc" } },
	{ "drain", { "__drain_all_pages", "drain_all_pages" } },
	{ "cpuset_fb", { "__alloc_pages_cpuset_fallback" } },
	{ "rretry", { "should_reclaim_retry" } },
	{ "cretry", { "should_compact_retry" } },
	{ "hires", { "reserve_highatomic_pageblock" } },
	{ "hiunres", { "unreserve_highatomic_pageblock" } },
	{ "throttle", { "throttle_direct_reclaim" } },
	{ "noderec", { "node_reclaim" } },
	{ "lrudrainall", { "__lru_add_drain_all", "lru_add_drain_all" } },
	{ "lrudis", { "lru_cache_disable" } },
	{ "isolate", { "start_isolate_page_range" } },
	{ "migrange", { "__alloc_contig_migrate_range" } },
	{ "migpages", { "migrate_pages" } },
	{ "contig", { "alloc_contig_frozen_range_noprof", "alloc_contig_range", "alloc_contig_range_noprof" } },
	{ "bulk", { "__alloc_pages_bulk", "alloc_pages_bulk_noprof" } },
	{ "vmrange", { "__vmalloc_node_range", "__vmalloc_node_range_noprof" } },
	{ "kmlarge", { "___kmalloc_large_node", "__kmalloc_large_node", "__kmalloc_large_node_noprof", "kmalloc_order" } },
	{ "newslab", { "allocate_slab", "new_slab" } },
	{ "memcg", { "obj_cgroup_charge", "obj_cgroup_charge_pages" } },
	{ "memcgpg", { "__memcg_kmem_charge_page" } },
	{ "shrink", { "shrink_slab" } },
	{ "iosched", { "io_schedule_timeout" } },
	{ "might_resched", { "__might_resched", "___might_sleep" } },
	{ "pcpubal", { "pcpu_balance_workfn" } },
};
#define P_GPFF 0
#define P_ALLOC 1
#define P_WAKE 10

static int pre(struct kprobe *kp, struct pt_regs *regs)
{
	struct pr *p = container_of(kp, struct pr, kp);
	int i = p - prs;

	if (!READ_ONCE(armed) || current != test_task)
		return 0;
	p->n++;
	if (i == P_GPFF) {
		struct alloc_context *ac = (void *)regs->cx;
		struct gp g = { .g = regs->di, .order = regs->si, .af = regs->dx,
			.hz = ac->highest_zoneidx, .mt = ac->migratetype };

		gpn++;
		if (ngpl && gpl[ngpl - 1].g == g.g && gpl[ngpl - 1].af == g.af &&
		    gpl[ngpl - 1].order == g.order) {
			gpl[ngpl - 1].n++;
		} else if (ngpl < NGP) {
			g.n = 1;
			gpl[ngpl++] = g;
		}
	} else if (i == P_ALLOC) {
		struct gp g = { .g = regs->di, .order = regs->si, .nid = regs->dx };

		aln++;
		if (nall && all_[nall - 1].g == g.g && all_[nall - 1].order == g.order) {
			all_[nall - 1].n++;
		} else if (nall < NAL) {
			g.n = 1;
			all_[nall++] = g;
		}
	} else if (i == P_WAKE) {
		wakeg = regs->si; wakeo = regs->dx; wakehz = regs->cx;
	}
	return 0;
}
NOKPROBE_SYMBOL(pre);

/* tracepoints, counted whatever the task where that makes sense */
struct tp { const char *key; struct tracepoint *tp; bool any; long n; };
#define X(n) extern struct tracepoint __tracepoint_##n;
X(mm_vmscan_direct_reclaim_begin) X(mm_vmscan_wakeup_kswapd) X(mm_vmscan_kswapd_wake)
X(mm_compaction_try_to_compact_pages) X(mm_compaction_begin) X(mark_victim) X(reclaim_retry_zone)
X(compact_retry) X(mm_page_alloc_zone_locked) X(mm_page_alloc_extfrag) X(mm_page_pcpu_drain)
X(mm_page_alloc) X(mm_migrate_pages)
#if !V510
X(mm_vmscan_throttled)
#endif
X(test_pages_isolated) X(kmalloc)
X(kmem_cache_alloc)
#undef X
#define T(n, a) { #n, &__tracepoint_##n, a }
static struct tp tps[] = {
	T(mm_vmscan_direct_reclaim_begin, 0), T(mm_vmscan_wakeup_kswapd, 0),
	T(mm_vmscan_kswapd_wake, 1), T(mm_compaction_try_to_compact_pages, 0),
	T(mm_compaction_begin, 0), T(mark_victim, 1), T(reclaim_retry_zone, 0), T(compact_retry, 0),
	T(mm_page_alloc_zone_locked, 0), T(mm_page_alloc_extfrag, 0), T(mm_page_pcpu_drain, 0),
	T(mm_page_alloc, 0), T(mm_migrate_pages, 0),
#if !V510
	T(mm_vmscan_throttled, 0),
#endif
	T(test_pages_isolated, 0), T(kmalloc, 0), T(kmem_cache_alloc, 0),
};
#undef T
#define TP_KSWAPD_WAKE 2

static void tpfn(void *data)
{
	struct tp *t = data;

	if (READ_ONCE(armed) && (t->any || current == test_task))
		t->n++;
}

static void probes_init(void)
{
	int i, j;

	for (i = 0; i < ARRAY_SIZE(prs); i++) {
		for (j = 0; j < ARRAY_SIZE(prs[i].sym) && prs[i].sym[j] && !prs[i].ok; j++) {
			memset(&prs[i].kp, 0, sizeof(prs[i].kp));
			prs[i].kp.symbol_name = prs[i].sym[j];
			prs[i].kp.pre_handler = pre;
			prs[i].ok = register_kprobe(&prs[i].kp) == 0;
		}
		E("{\"kind\":\"probe\",\"key\":\"%s\",\"sym\":\"%s\",\"ok\":%d}", prs[i].key,
		  prs[i].ok ? prs[i].sym[j - 1] : prs[i].sym[0], prs[i].ok);
		EOUT();
	}
	for (i = 0; i < ARRAY_SIZE(tps); i++)
		tracepoint_probe_register(tps[i].tp, tpfn, &tps[i]);
}

static int oom_notes;
static unsigned long arm_start;

static void arm(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(prs); i++)
		prs[i].n = 0;
	for (i = 0; i < ARRAY_SIZE(tps); i++)
		tps[i].n = 0;
	ngpl = 0; gpn = 0; nall = 0; aln = 0; oom_notes = 0; wd_fired_flag = false; wakeg = 0;
	test_task = current;
	arm_start = jiffies;
	barrier();
	WRITE_ONCE(armed, true);
}

static void disarm(void)
{
	WRITE_ONCE(armed, false);
}

static long shr_scans_seen(void);
static u32 shr_gfp_seen(void);

static void emit_ev(void)
{
	int i, k = 0;

	E(",\"ev\":{");
	for (i = 0; i < ARRAY_SIZE(prs); i++)
		if (prs[i].n)
			E("%s\"%s\":%ld", k++ ? "," : "", prs[i].key, prs[i].n);
	if (oom_notes)
		E("%s\"oom_notifier\":%d", k++ ? "," : "", oom_notes);
	E("}");
	for (i = k = 0; i < ARRAY_SIZE(tps); i++)
		if (tps[i].n)
			E("%s\"%s\":%ld", k++ ? "," : ",\"tp\":{", tps[i].key, tps[i].n);
	if (k)
		E("}");
	if (nall) {
		E(",\"calls\":[");
		for (i = 0; i < nall; i++)
			E("%s[\"0x%x\",%d,%d]", i ? "," : "", all_[i].g, all_[i].order, all_[i].n);
		E("]");
	}
	if (ngpl) {
		E(",\"attempts\":[");
		for (i = 0; i < ngpl; i++)
			E("%s[\"0x%x\",%d,\"0x%x\",%d,%d,%d]", i ? "," : "", gpl[i].g, gpl[i].order,
			  gpl[i].af, gpl[i].hz, gpl[i].mt, gpl[i].n);
		E("]");
	}
	if (shr_scans_seen())
		E(",\"shrinker\":[%ld,\"0x%x\"]", shr_scans_seen(), shr_gfp_seen());
	if (wakeg)
		E(",\"wake\":[\"0x%x\",%d,%d]", wakeg, wakeo, wakehz);
}

/* ------------------------------------------------------------------ names */
struct nm { const char *n; gfp_t g; };
#define N(x) { #x, x }
static const struct nm bases[] = {
	{ "0", 0 }, N(GFP_KERNEL), N(GFP_ATOMIC), N(GFP_NOWAIT), N(GFP_NOIO), N(GFP_NOFS), N(GFP_USER),
	N(GFP_HIGHUSER), N(GFP_HIGHUSER_MOVABLE), N(GFP_TRANSHUGE), N(GFP_TRANSHUGE_LIGHT),
};
static const struct nm mods[] = {
	N(__GFP_DMA), N(__GFP_HIGHMEM), N(__GFP_DMA32), N(__GFP_MOVABLE), N(__GFP_RECLAIMABLE),
	N(__GFP_HIGH), N(__GFP_IO), N(__GFP_FS), N(__GFP_ZERO),
#if !V612
	N(__GFP_ATOMIC),
#endif
	N(__GFP_DIRECT_RECLAIM), N(__GFP_KSWAPD_RECLAIM), N(__GFP_WRITE), N(__GFP_NOWARN),
	N(__GFP_RETRY_MAYFAIL), N(__GFP_NOFAIL), N(__GFP_NORETRY), N(__GFP_MEMALLOC), N(__GFP_COMP),
	N(__GFP_NOMEMALLOC), N(__GFP_HARDWALL), N(__GFP_THISNODE), N(__GFP_ACCOUNT),
#if !V510
	N(__GFP_ZEROTAGS),
#endif
};
#define NB ((int)ARRAY_SIZE(bases))
#define NM_ ((int)ARRAY_SIZE(mods))

static bool zone_bad(gfp_t g)
{
	return (GFP_ZONE_BAD >> (__force int)(g & GFP_ZONEMASK)) & 1;
}

/* ------------------------------------------------------------------ rows */
static int row_id, row_start, row_stop = INT_MAX;

static void once_clear(void)
{
	generic_bug_clear_once();
	memset(__start_once, 0, __end_once - __start_once);
}

static bool row_begin(void)
{
	char m[32];
	int n;

	row_id++;
	if (row_id < row_start || row_id >= row_stop)
		return false;
	n = scnprintf(m, sizeof(m), "@@ROW %d\n", row_id);
	outsb(0xe8, m, n);
	return true;
}

static void flush_con(void)
{
	console_lock();
	console_unlock();
}

/* ------------------------------------------------------------------ part 1 */
static void c(const char *n, u64 v)
{
	E("{\"kind\":\"const\",\"name\":\"%s\",\"hex\":\"0x%llx\",\"dec\":%lld}", n, v, v);
	EOUT();
}
#define C(x) c(#x, (u64)(x))

static void p_const(void)
{
	int i;

	for (i = 0; i < NB; i++)
		if (bases[i].g || i)
			c(bases[i].n, (__force u32)bases[i].g);
	for (i = 0; i < NM_; i++)
		c(mods[i].n, (__force u32)mods[i].g);
#define G(x) c(#x, (__force u32)(x))
	G(__GFP_RECLAIM); G(GFP_KERNEL_ACCOUNT); G(GFP_DMA); G(GFP_DMA32); G(GFP_ZONEMASK);
	G(__GFP_NOLOCKDEP); G(__GFP_BITS_MASK);
#if !V510
	G(__GFP_SKIP_ZERO);
#endif
#if V510
#elif V612
	G(__GFP_SKIP_KASAN);
#ifdef __GFP_NO_OBJ_EXT
	G(__GFP_NO_OBJ_EXT);
#endif
#else
	G(__GFP_SKIP_KASAN_POISON); G(__GFP_SKIP_KASAN_UNPOISON);
#endif
	G(GFP_RECLAIM_MASK); G(GFP_BOOT_MASK); G(GFP_CONSTRAINT_MASK); G(GFP_SLAB_BUG_MASK);
	c("GFP_MOVABLE_MASK", __GFP_RECLAIMABLE | __GFP_MOVABLE); c("gfp_allowed_mask", (__force u32)gfp_allowed_mask);
	C(__GFP_BITS_SHIFT); C(GFP_ZONE_TABLE); C(GFP_ZONE_BAD); C(GFP_ZONES_SHIFT);
	C(TOPORDER); C(PAGE_ALLOC_COSTLY_ORDER); C(pageblock_order); C(KMALLOC_MAX_SIZE);
	C(KMALLOC_MAX_CACHE_SIZE); C(KMALLOC_MIN_SIZE); C(PAGE_SIZE); C(PCPU_MIN_UNIT_SIZE);
	C(ZONE_DMA); C(ZONE_DMA32); C(ZONE_NORMAL); C(ZONE_MOVABLE); C(MAX_NR_ZONES);
	C(MIGRATE_UNMOVABLE); C(MIGRATE_MOVABLE); C(MIGRATE_RECLAIMABLE); C(MIGRATE_PCPTYPES);
	C(MIGRATE_HIGHATOMIC); C(MIGRATE_CMA); C(MIGRATE_ISOLATE); C(MIGRATE_TYPES);
	C(ZONELIST_FALLBACK); C(ZONELIST_NOFALLBACK);
	C(ALLOC_WMARK_MIN); C(ALLOC_WMARK_LOW); C(ALLOC_WMARK_HIGH); C(ALLOC_NO_WATERMARKS);
	C(ALLOC_OOM); C(ALLOC_CPUSET); C(ALLOC_CMA); C(ALLOC_NOFRAGMENT); C(ALLOC_KSWAPD);
#if V510
	C(ALLOC_HARDER); C(ALLOC_HIGH);
#else
	C(ALLOC_NON_BLOCK); C(ALLOC_MIN_RESERVE); C(ALLOC_HIGHATOMIC); C(ALLOC_RESERVES);
#endif
#ifdef ALLOC_NOLOCK
	C(ALLOC_NOLOCK);
#endif
#ifdef ALLOC_NO_CODETAG
	C(ALLOC_NO_CODETAG);
#endif

	C(PF_MEMALLOC); C(PF_MEMALLOC_NOFS); C(PF_MEMALLOC_NOIO); C(PF_KSWAPD);
#if V510
	c("PF_MEMALLOC_NOCMA", PF_MEMALLOC_NOCMA);
#else
	C(PF_MEMALLOC_PIN); C(KMALLOC_CGROUP);
#endif
	C(PF_KTHREAD); C(KMALLOC_NORMAL); C(KMALLOC_RECLAIM); C(KMALLOC_DMA);
	C(MAX_RECLAIM_RETRIES); C(COMPACT_PRIO_SYNC_FULL); C(DEF_COMPACT_PRIORITY);
	C(INIT_COMPACT_PRIORITY);
	E("{\"kind\":\"version\",\"release\":\"%s\"}", init_utsname()->release); EOUT();
}

#if V510
/* 5.10 does not count them per zone */
static unsigned long zone_cma_pages(struct zone *z)
{
	unsigned long pfn, n = 0;

	for (pfn = z->zone_start_pfn; pfn < zone_end_pfn(z); pfn += pageblock_nr_pages)
		if (pfn_valid(pfn) && page_zone(pfn_to_page(pfn)) == z &&
		    get_pageblock_migratetype(pfn_to_page(pfn)) == MIGRATE_CMA)
			n += pageblock_nr_pages;
	return n;
}
#endif

static void emit_zones(const char *kind)
{
	int nid, z;

	for_each_online_node(nid)
		for (z = 0; z < MAX_NR_ZONES; z++) {
			struct zone *zo = &NODE_DATA(nid)->node_zones[z];
			int k;

			if (!populated_zone(zo))
				continue;
			E("{\"kind\":\"%s\",\"nid\":%d,\"zone\":%d,\"name\":\"%s\",\"present\":%lu,"
			  "\"managed\":%lu,\"cma\":%lu,\"free\":%lu,\"min\":%lu,\"low\":%lu,\"high\":%lu,"
			  "\"start_pfn\":%lu,\"lowmem_reserve\":[", kind, nid, z, zo->name,
			  zo->present_pages, zone_managed_pages(zo), zone_cma_pages(zo),
			  zone_page_state_snapshot(zo, NR_FREE_PAGES), min_wmark_pages(zo),
			  low_wmark_pages(zo), high_wmark_pages(zo), zo->zone_start_pfn);
			for (k = 0; k < MAX_NR_ZONES; k++)
				E("%s%ld", k ? "," : "", zo->lowmem_reserve[k]);
			E("]}"); EOUT();
		}
}

static unsigned long *seen;

static int kmtype(gfp_t g)
{
#if V73
	return kmalloc_type(g, (kmalloc_token_t){});
#elif V612
	return kmalloc_type(g, 0);
#else
	return kmalloc_type(g);
#endif
}

static void fnrow(gfp_t g, const char *b, const char *m1, const char *m2, const char *m3)
{
	unsigned int of = current->flags;
	bool bad = zone_bad(g);
	int idx = (__force u32)g;
	gfp_t a;

	if (test_and_set_bit(idx, seen))
		return;
	E("{\"kind\":\"fn\",\"g\":\"0x%x\",\"n\":\"%s%s%s%s%s%s%s\"", (__force u32)g, b,
	  m1 ? "|" : "", m1 ?: "", m2 ? "|" : "", m2 ?: "", m3 ? "|" : "", m3 ?: "");
	E(",\"zbad\":%d,\"zone\":%d", bad, bad ? -1 : gfp_zone(g));
	E(",\"mt\":%d,\"block\":%d,\"zl\":%d", gfp_migratetype(g), gfpflags_allow_blocking(g),
	  gfp_zonelist(g));
	E(",\"af0\":%u,\"af1\":%u", gfporacle_alloc_flags(g, 0), gfporacle_alloc_flags(g, 1));
	if (!bad) {
		struct alloc_context ac = {};
		unsigned int af = 0;
		gfp_t ag = 0;
		int ok = gfporacle_prepare(g, 0, 0, &ac, &ag, &af);

		E(",\"prep\":[%d,\"0x%x\",%u,%d,%d]", ok, (__force u32)ag, af, ac.highest_zoneidx,
		  ac.migratetype);
	}
	E(",\"pf\":%d", gfporacle_pfmemalloc_flags(g));
	current->flags |= PF_MEMALLOC;
	E(",\"pf_pfm\":%d,\"allowed_pfm\":%d", gfporacle_pfmemalloc_flags(g), gfp_pfmemalloc_allowed(g));
	current->flags = of;
	current->signal->oom_mm = current->mm;
	E(",\"pf_oom\":%d", gfporacle_pfmemalloc_flags(g));
	current->signal->oom_mm = NULL;
	current->flags |= PF_MEMALLOC_NOFS;
	a = current_gfp_context(g);
	E(",\"nofs\":\"0x%x\"", (__force u32)a);
	current->flags = of | PF_MEMALLOC_NOIO;
	a = current_gfp_context(g);
	E(",\"noio\":\"0x%x\"", (__force u32)a);
	current->flags = of | PF_MEMALLOC_NOIO | PF_MEMALLOC_NOFS | PF_MEMALLOC_PIN;
	a = current_gfp_context(g);
	E(",\"all\":\"0x%x\"", (__force u32)a);
	current->flags = of | PF_MEMALLOC_PIN;
	a = current_gfp_context(g);
	E(",\"pin\":\"0x%x\"", (__force u32)a);
	current->flags = of;
	E(",\"kmtype\":%d", kmtype(g));
#if V612
	{
		gfp_t cc = 0;
		int r = gfporacle_contig_verify(g, &cc);

		E(",\"nested\":\"0x%x\",\"contig\":%d,\"contig_cc\":\"0x%x\",\"compact_ok\":%d",
		  (__force u32)gfp_nested_mask(g), r, (__force u32)cc, gfp_compaction_allowed(g));
	}
#else
	E(",\"compact_ok\":%d", gfp_compaction_allowed(g));
#endif
	E("}");
	EOUT();
}

static void p_fn(void)
{
	int i, j, k, l, z, old = console_loglevel;

	seen = vzalloc(1UL << 29);
	if (!seen) {
		/* 2^28 bits = 32 MiB is what we need */
		seen = vzalloc(1UL << 25);
	}
	if (!seen)
		return;
	console_loglevel = 0;
	for (z = 0; z < 16; z++) {
		E("{\"kind\":\"zonetab\",\"m\":%d,\"bad\":%d,\"zone\":%d}", z, zone_bad((__force gfp_t)z),
		  zone_bad((__force gfp_t)z) ? -1 : gfp_zone((__force gfp_t)z));
		EOUT();
	}
	for (i = 0; i < NB; i++) {
		fnrow(bases[i].g, bases[i].n, NULL, NULL, NULL);
		for (z = 0; z < 16; z++) {
			char s[16];

			snprintf(s, 16, "zone%x", z);
			fnrow((bases[i].g & ~GFP_ZONEMASK) | (__force gfp_t)z, bases[i].n, "=", s, NULL);
		}
		for (j = 0; j < NM_; j++) {
			char s[32];

			fnrow(bases[i].g | mods[j].g, bases[i].n, mods[j].n, NULL, NULL);
			if (bases[i].g & mods[j].g) {
				snprintf(s, 32, "~%s", mods[j].n);
				fnrow(bases[i].g & ~mods[j].g, bases[i].n, s, NULL, NULL);
				for (k = 0; k < NM_; k++)
					if (k != j)
						fnrow((bases[i].g & ~mods[j].g) | mods[k].g, bases[i].n, s,
						      mods[k].n, NULL);
			}
		}
		for (j = 0; j < NM_; j++)
			for (k = j + 1; k < NM_; k++) {
				fnrow(bases[i].g | mods[j].g | mods[k].g, bases[i].n, mods[j].n, mods[k].n,
				      NULL);
				for (l = k + 1; l < NM_; l++)
					fnrow(bases[i].g | mods[j].g | mods[k].g | mods[l].g, bases[i].n,
					      mods[j].n, mods[k].n, mods[l].n);
				cond_resched();
			}
	}
	console_loglevel = old;
	vfree(seen);
}

/* ------------------------------------------------------------------ contexts */
enum ctx {
	X_PROC, X_PREEMPT, X_IRQOFF, X_BHOFF, X_SOFTIRQ, X_HARDIRQ, X_MEMALLOC, X_NOFS, X_NOIO, X_PIN,
	X_SIRQ_MEMALLOC, X_HIRQ_MEMALLOC, X_OOMVICTIM, X_RT, X_SIGKILL, X_MEMALLOC_PREEMPT, X_SIRQ_SETS, X_NR
};
static const char *const ctxn[] = {
	"process", "preempt_off", "irqs_off", "bh_off", "softirq", "hardirq", "pf_memalloc", "nofs",
	"noio", "pin", "softirq_pf_memalloc", "hardirq_pf_memalloc", "oom_victim", "rt_task",
	"sigkill_pending", "pf_memalloc_preempt_off", "softirq_sets_pf_memalloc",
};

struct job;
typedef void (*jobfn)(struct job *);
struct job {
	int api, ctx, order, nid;
	gfp_t g;
	size_t size;
	jobfn fn;
	/* result */
	void *p;
	long err;
	int done;
	unsigned long got;
};

static struct job *irqjob;
static void tl_fn(struct tasklet_struct *t)
{
	unsigned int of = current->flags;

	/* as swap-over-network receive processing does */
	if (irqjob->ctx == X_SIRQ_SETS)
		current->flags |= PF_MEMALLOC;
	irqjob->fn(irqjob);
	if (irqjob->ctx == X_SIRQ_SETS)
		current->flags = (current->flags & ~PF_MEMALLOC) | (of & PF_MEMALLOC);
	WRITE_ONCE(irqjob->done, 1);
}
static DECLARE_TASKLET(tl, tl_fn);
static void iw_fn(struct irq_work *w)
{
	irqjob->fn(irqjob);
	WRITE_ONCE(irqjob->done, 1);
}
static struct irq_work iw;

static void run_ctx(struct job *j)
{
	unsigned long fl;
	unsigned int of = current->flags;

	j->done = 0;
	switch (j->ctx) {
	case X_PROC:
		j->fn(j);
		break;
	case X_PREEMPT:
		preempt_disable(); j->fn(j); preempt_enable();
		break;
	case X_MEMALLOC_PREEMPT:
		current->flags |= PF_MEMALLOC;
		preempt_disable(); j->fn(j); preempt_enable();
		current->flags = (current->flags & ~PF_MEMALLOC) | (of & PF_MEMALLOC);
		break;
	case X_IRQOFF:
		local_irq_save(fl); j->fn(j); local_irq_restore(fl);
		break;
	case X_BHOFF:
		local_bh_disable(); j->fn(j); local_bh_enable();
		break;
	case X_SIRQ_MEMALLOC:
	case X_SIRQ_SETS:
	case X_SOFTIRQ:
		irqjob = j;
		if (j->ctx == X_SIRQ_MEMALLOC)
			current->flags |= PF_MEMALLOC;
		local_bh_disable();
		tasklet_schedule(&tl);
		local_bh_enable();
		while (!READ_ONCE(j->done))
			cpu_relax();
		current->flags = (current->flags & ~PF_MEMALLOC) | (of & PF_MEMALLOC);
		break;
	case X_HIRQ_MEMALLOC:
	case X_HARDIRQ:
		irqjob = j;
		if (j->ctx == X_HIRQ_MEMALLOC)
			current->flags |= PF_MEMALLOC;
		IRQ_WORK_SET(&iw, iw_fn);
		irq_work_queue(&iw);
		while (!READ_ONCE(j->done))
			cpu_relax();
		irq_work_sync(&iw);
		current->flags = (current->flags & ~PF_MEMALLOC) | (of & PF_MEMALLOC);
		break;
	case X_MEMALLOC:
	case X_NOFS:
	case X_NOIO:
	case X_PIN: {
		unsigned int f = j->ctx == X_MEMALLOC ? PF_MEMALLOC : j->ctx == X_NOFS ? PF_MEMALLOC_NOFS :
			j->ctx == X_NOIO ? PF_MEMALLOC_NOIO : PF_MEMALLOC_PIN;

		current->flags |= f;
		j->fn(j);
		current->flags = (current->flags & ~f) | (of & f);
		break;
	}
	case X_OOMVICTIM:
		current->signal->oom_mm = current->mm;
		j->fn(j);
		current->signal->oom_mm = NULL;
		break;
	case X_RT:
		sched_set_fifo(current);
		j->fn(j);
		sched_set_normal(current, 0);
		break;
	case X_SIGKILL:
		sigaddset(&current->pending.signal, SIGKILL);
		set_tsk_thread_flag(current, TIF_SIGPENDING);
		j->fn(j);
		sigdelset(&current->pending.signal, SIGKILL);
		clear_tsk_thread_flag(current, TIF_SIGPENDING);
		break;
	}
}

/* ------------------------------------------------------------------ apis */
enum api {
	A_PAGES, A_NODE, A_GFP, A_ZP, A_EXACT, A_FOLIO, A_BULK, A_KMALLOC, A_KZALLOC, A_KMNODE, A_KVMALLOC,
	A_KVZALLOC, A_VMALLOC, A_CACHE, A_CTOR, A_MPPAGE, A_MPKM, A_PERCPU, A_CONTIGP, A_CONTIGR, A_CMA,
	A_CMAFOLIO, A_DMACONTIG, A_DMACOH, A_KREALLOC, A_CACHEDMA, A_DMAALLOCPAGES, A_MPEMPTY, A_NEWSLAB, A_NEWCTOR,
	A_PGNOLOCK, A_KMNOLOCK, A_CONTIGFP, A_CONTIGFR, A_CMAFROZEN, A_CMAFROZENCOMP, A_NR
};
static const char *const apin[] = {
	"alloc_pages", "alloc_pages_node", "__get_free_pages", "get_zeroed_page", "alloc_pages_exact",
	"folio_alloc", "alloc_pages_bulk_array", "kmalloc", "kzalloc", "kmalloc_node", "kvmalloc",
	"kvzalloc", "__vmalloc", "kmem_cache_alloc", "kmem_cache_alloc(ctor)", "mempool_alloc(page pool)",
	"mempool_alloc(kmalloc pool)", "__alloc_percpu_gfp", "alloc_contig_pages", "alloc_contig_range",
	"cma_alloc", "cma_alloc_folio", "dma_alloc_contiguous", "dma_alloc_coherent", "krealloc",
	"kmem_cache_alloc(SLAB_CACHE_DMA)", "dma_alloc_pages", "mempool_alloc(emptied page pool)",
	"kmem_cache_alloc(new slab)", "kmem_cache_alloc(new slab, ctor)",
	"alloc_pages_nolock", "kmalloc_nolock", "alloc_contig_frozen_pages", "alloc_contig_frozen_range",
	"cma_alloc_frozen", "cma_alloc_frozen_compound",
};

static struct kmem_cache *kc, *kctor, *kdma, *knew, *knewctor;
static mempool_t *mppage, *mpkm, *mpempty;
static struct device *dev;
static u64 devmask = DMA_BIT_MASK(64);
static struct page *barr[32];
static dma_addr_t dmah;
static unsigned long cr_start, cr_end;
static struct cma *cmaarea;

static void ctor(void *p) { memset(p, 0, 8); }

static void apis_init(void)
{
	kc = kmem_cache_create("gfporacle", 192, 0, 0, NULL);
	kctor = kmem_cache_create("gfporacle_ctor", 192, 0, 0, ctor);
	knew = kmem_cache_create("gfporacle_new", 12000, 0, 0, NULL);
	knewctor = kmem_cache_create("gfporacle_newctor", 12000, 0, 0, ctor);
	kdma = kmem_cache_create("gfporacle_dma", 192, 0, SLAB_CACHE_DMA, NULL);
	mppage = mempool_create_page_pool(2, 0);
	mpkm = mempool_create_kmalloc_pool(2, 256);
	mpempty = mempool_create_page_pool(1, 0);
	dev = root_device_register("gfporacle");
	if (IS_ERR(dev))
		dev = NULL;
	if (dev) {
		dev->coherent_dma_mask = DMA_BIT_MASK(64);
		dev->dma_mask = &devmask;
	}
	cmaarea = dev_get_cma_area(NULL);
}

static void do_alloc(struct job *j)
{
	gfp_t g = j->g;
	volatile size_t sz = j->size;

	j->p = NULL; j->err = 0; j->got = 0;
	switch (j->api) {
	case A_PAGES: j->p = alloc_pages(g, j->order); break;
	case A_NODE: j->p = alloc_pages_node(j->nid, g, j->order); break;
	case A_GFP: j->p = (void *)__get_free_pages(g, j->order); break;
	case A_ZP: j->p = (void *)get_zeroed_page(g); break;
	case A_EXACT: j->p = alloc_pages_exact(sz, g); break;
#if HAVE_FOLIO
	case A_FOLIO: j->p = folio_alloc(g, j->order); break;
#endif
#if HAVE_BULK
	case A_BULK:
		memset(barr, 0, sizeof(barr));
		j->got = alloc_pages_bulk_array(g, 20, barr);
		j->p = j->got ? barr : NULL;
		break;
#endif
	case A_KMALLOC: j->p = kmalloc(sz, g); break;
	case A_KZALLOC: j->p = kzalloc(sz, g); break;
	case A_KMNODE: j->p = kmalloc_node(sz, g, j->nid); break;
	case A_KVMALLOC: j->p = kvmalloc(sz, g); break;
	case A_KVZALLOC: j->p = kvzalloc(sz, g); break;
	case A_VMALLOC: j->p = __vmalloc(sz, g); break;
	case A_CACHE: j->p = kmem_cache_alloc(kc, g); break;
	case A_CTOR: j->p = kmem_cache_alloc(kctor, g); break;
	case A_CACHEDMA: j->p = kmem_cache_alloc(kdma, g); break;
	case A_NEWSLAB: j->p = kmem_cache_alloc(knew, g); break;
	case A_NEWCTOR: j->p = kmem_cache_alloc(knewctor, g); break;
	case A_MPPAGE: j->p = mempool_alloc(mppage, g); break;
	case A_MPKM: j->p = mempool_alloc(mpkm, g); break;
	case A_MPEMPTY: j->p = mempool_alloc(mpempty, g); break;
	case A_PERCPU: j->p = (void __force *)__alloc_percpu_gfp(sz, 8, g); break;
	case A_CONTIGP: j->p = alloc_contig_pages(sz, g, j->nid, NULL); break;
	case A_CONTIGR:
		j->err = CONTIG_RANGE(cr_start, cr_end, g);
		j->p = j->err ? NULL : pfn_to_page(cr_start);
		break;
	case A_CMA: j->p = cmaarea ? cma_alloc(cmaarea, sz, j->order, g & __GFP_NOWARN) : NULL; break;
#if HAVE_CMA_FOLIO
	case A_CMAFOLIO: j->p = cmaarea ? cma_alloc_folio(cmaarea, j->order, g) : NULL; break;
#endif
#if V73
	case A_PGNOLOCK: j->p = alloc_pages_nolock(g, j->nid, j->order); break;
	case A_KMNOLOCK: j->p = kmalloc_nolock(sz, g, NUMA_NO_NODE); break;
	case A_CONTIGFP: j->p = alloc_contig_frozen_pages(sz, g, j->nid, NULL); break;
	case A_CONTIGFR:
		j->err = alloc_contig_frozen_range(cr_start, cr_end, ACR_FLAGS_NONE, g);
		j->p = j->err ? NULL : pfn_to_page(cr_start);
		break;
	case A_CMAFROZEN: j->p = cmaarea ? cma_alloc_frozen(cmaarea, sz, j->order, g & __GFP_NOWARN) : NULL; break;
	case A_CMAFROZENCOMP: j->p = cmaarea ? cma_alloc_frozen_compound(cmaarea, j->order) : NULL; break;
#endif
	case A_DMACONTIG: j->p = dma_alloc_contiguous(dev, sz, g); break;
	case A_DMACOH: j->p = dma_alloc_coherent(dev, sz, &dmah, g); break;
	case A_DMAALLOCPAGES: j->p = dma_alloc_pages(dev, sz, &dmah, DMA_BIDIRECTIONAL, g); break;
	case A_KREALLOC: {
		void *q = kmalloc(8, GFP_ATOMIC | __GFP_NOWARN);

		j->p = krealloc(q, sz, g);
		if (!j->p)
			kfree(q);
		break;
	}
	}
}

static bool is_page_api(int a)
{
	return a == A_PAGES || a == A_NODE || a == A_FOLIO || a == A_MPPAGE || a == A_MPEMPTY || a == A_CONTIGP ||
		a == A_CONTIGR || a == A_CMA || a == A_CMAFOLIO || a == A_PGNOLOCK || a == A_CONTIGFP ||
		a == A_CONTIGFR || a == A_CMAFROZEN || a == A_CMAFROZENCOMP || a == A_DMACONTIG || a == A_DMAALLOCPAGES;
}

static void do_free(struct job *j)
{
	int i;

	if (!j->p || ZERO_OR_NULL_PTR(j->p))
		return;
	switch (j->api) {
	case A_PAGES: case A_NODE: __free_pages(j->p, j->order); break;
	case A_GFP: free_pages((unsigned long)j->p, j->order); break;
	case A_ZP: free_page((unsigned long)j->p); break;
	case A_EXACT: free_pages_exact(j->p, j->size); break;
#if HAVE_FOLIO
	case A_FOLIO: folio_put(j->p); break;
#endif
	case A_BULK:
		for (i = 0; i < j->got; i++)
			__free_page(barr[i]);
		break;
	case A_KMALLOC: case A_KZALLOC: case A_KMNODE: case A_KREALLOC: kfree(j->p); break;
	case A_KVMALLOC: case A_KVZALLOC: kvfree(j->p); break;
	case A_VMALLOC: vfree(j->p); break;
	case A_CACHE: kmem_cache_free(kc, j->p); break;
	case A_CTOR: kmem_cache_free(kctor, j->p); break;
	case A_CACHEDMA: kmem_cache_free(kdma, j->p); break;
	case A_NEWSLAB: kmem_cache_free(knew, j->p); break;
	case A_NEWCTOR: kmem_cache_free(knewctor, j->p); break;
	case A_MPPAGE: mempool_free(j->p, mppage); break;
	case A_MPKM: mempool_free(j->p, mpkm); break;
	case A_MPEMPTY: mempool_free(j->p, mpempty); break;
	case A_PERCPU: free_percpu((void __percpu __force *)j->p); break;
	case A_CONTIGP:
		if (PageCompound((struct page *)j->p))
			__free_pages(j->p, compound_order((struct page *)j->p));
		else
			free_contig_range(page_to_pfn((struct page *)j->p), j->size);
		break;
	case A_CONTIGR:
		if (PageCompound((struct page *)j->p))
			__free_pages(j->p, compound_order((struct page *)j->p));
		else
			free_contig_range(cr_start, cr_end - cr_start);
		break;
	case A_CMA: cma_release(cmaarea, j->p, j->size); break;
#if HAVE_CMA_FOLIO
	case A_CMAFOLIO: cma_free_folio(cmaarea, j->p); break;
#endif
#if V73
	case A_PGNOLOCK: free_pages_nolock(j->p, j->order); break;
	case A_KMNOLOCK: kfree_nolock(j->p); break;
	case A_CONTIGFP: free_contig_frozen_range(page_to_pfn((struct page *)j->p), j->size); break;
	case A_CONTIGFR: free_contig_frozen_range(cr_start, cr_end - cr_start); break;
	case A_CMAFROZEN: cma_release_frozen(cmaarea, j->p, j->size); break;
	case A_CMAFROZENCOMP: cma_release_frozen(cmaarea, j->p, 1UL << j->order); break;
#endif
	case A_DMACONTIG: dma_free_contiguous(dev, j->p, j->size); break;
	case A_DMACOH: dma_free_coherent(dev, j->size, j->p, dmah); break;
	case A_DMAALLOCPAGES: dma_free_pages(dev, j->size, j->p, dmah, DMA_BIDIRECTIONAL); break;
	}
	j->p = NULL;
}

static void emit_res(struct job *j)
{
	void *v = NULL;
	struct page *pg = NULL;
	size_t sz = j->size;

	if (j->err)
		E(",\"err\":%ld", j->err);
	if (j->api == A_BULK)
		E(",\"got\":%lu", j->got);
	if (!j->p) {
		E(",\"out\":\"NULL\"");
		return;
	}
	if (ZERO_OR_NULL_PTR(j->p)) {
		E(",\"out\":\"ZERO_SIZE_PTR\"");
		return;
	}
	E(",\"out\":\"ok\"");
	if (j->api == A_PERCPU) {
		v = per_cpu_ptr((void __percpu __force *)j->p, 0);
	} else if (is_page_api(j->api)) {
		pg = j->p; v = page_address(pg);
		if (j->api == A_PAGES || j->api == A_NODE || j->api == A_FOLIO || j->api == A_PGNOLOCK)
			sz = PAGE_SIZE << j->order;
		else if (j->api == A_DMACONTIG || j->api == A_DMAALLOCPAGES)
			sz = j->size;
		else
			sz = PAGE_SIZE;
	} else if (j->api == A_BULK) {
		pg = barr[0]; v = page_address(pg); sz = PAGE_SIZE;
	} else {
		v = j->p;
		if (j->api == A_GFP)
			sz = PAGE_SIZE << j->order;
		else if (j->api == A_ZP)
			sz = PAGE_SIZE;
		if (is_vmalloc_addr(v)) {
			pg = vmalloc_to_page(v);
			E(",\"vm\":1");
		} else if (virt_addr_valid(v)) {
			pg = virt_to_head_page(v);
		}
	}
	if (pg) {
		E(",\"nid\":%d,\"zone\":%d", page_to_nid(pg), page_zonenum(pg));
		E(",\"pbmt\":%d", (int)get_pageblock_migratetype(pg));
		if (PageSlab(pg))
			E(",\"slab\":1");
		else if (PageHead(pg))
			E(",\"comp\":%d", compound_order(pg));
		if (!PageSlab(pg) && page_is_pfmemalloc(pg))
			E(",\"pfm\":1");
		if (!PageSlab(pg) && PageMemcgKmem(pg))
			E(",\"kmem\":1");
	}
	if (v && sz) {
		size_t n = min_t(size_t, sz, 65536);
		void *bad = memchr_inv(v, 0, n);

		E(",\"zero\":%d", !bad);
		if (j->api != A_CTOR && j->api != A_NEWCTOR)
			memset(v, 0xa5, n);
	}
}

static void emit_head(const char *part, const char *name, struct job *j, const char *state)
{
	E("\"id\":%d,\"kind\":\"%s\",\"api\":\"%s\",\"g\":\"0x%x\",\"n\":\"%s\",\"ctx\":\"%s\"", row_id, part,
	  apin[j->api], (__force u32)j->g, name, ctxn[j->ctx]);
	if (j->api == A_PAGES || j->api == A_NODE || j->api == A_GFP || j->api == A_FOLIO ||
	    j->api == A_CMA || j->api == A_CMAFOLIO || j->api == A_PGNOLOCK || j->api == A_CMAFROZEN ||
	    j->api == A_CMAFROZENCOMP)
		E(",\"order\":%d", j->order);
	if (j->size)
		E(",\"size\":%zu", j->size);
	if (j->nid >= 0 && (j->api == A_NODE || j->api == A_KMNODE || j->api == A_CONTIGP ||
			    j->api == A_CONTIGFP))
		E(",\"rnid\":%d", j->nid);
	E(",\"state\":\"%s\"", state);
}

static void measured(struct job *j)
{
	do_alloc(j);
}

static long free_now(void)
{
	struct zone *z;
	long n = 0;

	for_each_populated_zone(z)
		n += zone_page_state_snapshot(z, NR_FREE_PAGES);
	return n;
}

static void row_simple(const char *part, const char *name, struct job *j, const char *state)
{
	bool contig;
	long fb = 0;

	if (!row_begin())
		return;
	E("{\"begin\":1,"); emit_head(part, name, j, state); E("}"); EOUT();
	once_clear();
	j->fn = measured;
	contig = !strncmp(part, "contig", 6);
	if (contig) {
		drain_all_pages(NULL);
		fb = free_now();
	}
	flush_con();
	capn = 0; capturing = true;
	arm();
	run_ctx(j);
	disarm();
	flush_con();
	capturing = false;
	E("{"); emit_head(part, name, j, state);
	emit_res(j);
	emit_ev();
	emit_log();
	do_free(j);
	if (contig) {
		drain_all_pages(NULL);
		fb -= free_now();
		if (fb > 16 || fb < -16)	/* beyond the noise of slab and per-cpu lists */
			E(",\"lost_pages\":%ld", fb);
	}
	E("}"); EOUT();
	cond_resched();
}

/* ------------------------------------------------------------------ mask table for parts 2..4 */
#define MAXM 200
static struct nm masks[MAXM];
static char mname[MAXM][64];
static int nmasks;

static void addm(const char *n, gfp_t g)
{
	int i;

	for (i = 0; i < nmasks; i++)
		if (masks[i].g == g)
			return;
	if (nmasks >= MAXM)
		return;
	strscpy(mname[nmasks], n, 64);
	masks[nmasks].n = mname[nmasks];
	masks[nmasks++].g = g;
}
#define M(x) addm(#x, (__force gfp_t)(x))

static void masks_init(void)
{
	int i, j;
	char s[96];
	static const struct nm mb[] = { N(GFP_KERNEL), N(GFP_ATOMIC), { "0", 0 } };

	M(GFP_KERNEL); M(GFP_KERNEL_ACCOUNT); M(GFP_ATOMIC); M(GFP_NOWAIT); M(GFP_NOIO); M(GFP_NOFS);
	M(GFP_USER); M(GFP_DMA); M(GFP_DMA32); M(GFP_KERNEL|GFP_DMA); M(GFP_KERNEL|GFP_DMA32);
	M(GFP_ATOMIC|GFP_DMA); M(GFP_HIGHUSER); M(GFP_HIGHUSER_MOVABLE); M(GFP_TRANSHUGE_LIGHT);
	M(GFP_TRANSHUGE); addm("0", 0);
	for (i = 0; i < 3; i++)
		for (j = 0; j < NM_; j++) {
			snprintf(s, sizeof(s), "%s|%s", mb[i].n, mods[j].n);
			if (!zone_bad(mb[i].g | mods[j].g))
				addm(s, mb[i].g | mods[j].g);
		}
	M(GFP_KERNEL&~__GFP_KSWAPD_RECLAIM); M(GFP_KERNEL&~__GFP_DIRECT_RECLAIM);
	M(GFP_KERNEL&~__GFP_RECLAIM); M(GFP_ATOMIC&~__GFP_KSWAPD_RECLAIM);
	M(GFP_KERNEL|__GFP_NOFAIL|__GFP_NORETRY); M(GFP_KERNEL|__GFP_NOFAIL|__GFP_RETRY_MAYFAIL);
	M(GFP_KERNEL|__GFP_NOFAIL|__GFP_NOWARN); M(GFP_KERNEL|__GFP_NOFAIL|__GFP_NOMEMALLOC);
	M(GFP_KERNEL|__GFP_NOFAIL|__GFP_THISNODE); M(GFP_NOFS|__GFP_NOFAIL); M(GFP_NOIO|__GFP_NOFAIL);
	M(GFP_NOWAIT|__GFP_NOFAIL); M(GFP_KERNEL|__GFP_NORETRY|__GFP_RETRY_MAYFAIL);
	M(GFP_KERNEL|__GFP_NORETRY|__GFP_NOWARN); M(GFP_KERNEL|__GFP_MEMALLOC|__GFP_NOMEMALLOC);
	M(GFP_ATOMIC|__GFP_NOMEMALLOC|__GFP_NOWARN); M(GFP_NOWAIT|__GFP_NOWARN); M(GFP_NOWAIT|__GFP_HIGH);
	M(GFP_NOWAIT|__GFP_NOMEMALLOC); M(GFP_NOWAIT|__GFP_MEMALLOC); M(GFP_NOWAIT|__GFP_ZERO);
	M(GFP_NOWAIT|__GFP_THISNODE|__GFP_NOWARN); M(GFP_KERNEL|__GFP_THISNODE|__GFP_NORETRY);
	M(GFP_NOIO|__GFP_NORETRY|__GFP_NOWARN); M(GFP_NOFS|__GFP_RETRY_MAYFAIL); M(GFP_NOIO|__GFP_MEMALLOC);
	M(GFP_NOFS|__GFP_NORETRY);
	M(GFP_KERNEL|__GFP_COMP|__GFP_ZERO);
	M(GFP_KERNEL|__GFP_COMP|__GFP_NOWARN|__GFP_NORETRY); M(GFP_DMA|__GFP_NOFAIL|GFP_KERNEL);
	M(GFP_KERNEL|(1u<<27)); M(GFP_KERNEL|(1u<<28)); M(GFP_KERNEL|(1u<<31)); M(GFP_KERNEL|0x200);
	M(GFP_KERNEL|__GFP_HIGH|__GFP_NOFAIL); M(GFP_HIGHUSER_MOVABLE|__GFP_NOFAIL);
	M(GFP_USER|__GFP_RETRY_MAYFAIL|__GFP_NOWARN);
}

/* ------------------------------------------------------------------ part 2 */
static void poison_free(void)
{
	static LIST_HEAD(l);
	struct page *p, *n;
	int nid, o;

	for_each_online_node(nid)
		for (o = TOPORDER; o >= 0; o--)
			while ((p = __alloc_pages_node(nid, GFP_HIGHUSER_MOVABLE | __GFP_THISNODE |
					__GFP_NORETRY | __GFP_NOWARN, o))) {
				memset(page_address(p), 0xa5, PAGE_SIZE << o);
				set_page_private(p, o);
				list_add(&p->lru, &l);
				if (o < 3)
					break;
			}
	list_for_each_entry_safe(p, n, &l, lru) {
		list_del(&p->lru);
		o = page_private(p);
		set_page_private(p, 0);
		__free_pages(p, o);
	}
}

struct variant { int api, order, nid; size_t size; };
static const struct variant v_all[] = {
	{ A_PAGES, 0 }, { A_PAGES, 1 }, { A_PAGES, 2 }, { A_PAGES, 3 }, { A_PAGES, 4 }, { A_PAGES, 9 },
	{ A_PAGES, 10 }, { A_PAGES, 11 }, { A_PAGES, 12 }, { A_NODE, 0, 0 }, { A_NODE, 0, 1 },
	{ A_NODE, 3, 1 }, { A_GFP, 0 }, { A_GFP, 2 }, { A_ZP }, { A_EXACT, 0, 0, 20480 },
	{ A_EXACT, 0, 0, 8 << 20 },
#if HAVE_FOLIO
	{ A_FOLIO, 0 }, { A_FOLIO, 2 },
#endif
#if HAVE_BULK
	{ A_BULK },
#endif
	{ A_KMALLOC, 0, 0, 0 }, { A_KMALLOC, 0, 0, 64 }, { A_KMALLOC, 0, 0, 8192 }, { A_KMALLOC, 0, 0, 8193 },
	{ A_KMALLOC, 0, 0, 65536 }, { A_KMALLOC, 0, 0, 4 << 20 }, { A_KMALLOC, 0, 0, (4 << 20) + 1 },
	{ A_KMALLOC, 0, 0, 1UL << 40 }, { A_KZALLOC, 0, 0, 64 }, { A_KZALLOC, 0, 0, 16384 },
	{ A_KMNODE, 0, 1, 64 }, { A_KVMALLOC, 0, 0, 64 }, { A_KVMALLOC, 0, 0, 8192 },
	{ A_KVMALLOC, 0, 0, 65536 }, { A_KVMALLOC, 0, 0, 5 << 20 }, { A_KVMALLOC, 0, 0, 1UL << 31 },
	{ A_KVMALLOC, 0, 0, (1UL << 31) + 4096 }, { A_KVZALLOC, 0, 0, 65536 }, { A_KVZALLOC, 0, 0, 5 << 20 },
	{ A_VMALLOC, 0, 0, 0 }, { A_VMALLOC, 0, 0, 4096 }, { A_VMALLOC, 0, 0, 65536 },
	{ A_VMALLOC, 0, 0, 3 << 20 }, { A_VMALLOC, 0, 0, 1UL << 34 }, { A_CACHE }, { A_CTOR }, { A_CACHEDMA },
	{ A_MPPAGE }, { A_MPKM }, { A_PERCPU, 0, 0, 64 }, { A_PERCPU, 0, 0, 0 }, { A_PERCPU, 0, 0, 1 << 20 },
	{ A_DMACOH, 0, 0, 16384 }, { A_DMACONTIG, 0, 0, 65536 }, { A_DMAALLOCPAGES, 0, 0, 16384 },
	{ A_KREALLOC, 0, 0, 4096 },
};
static const struct variant v_core[] = {
	{ A_PAGES, 0 }, { A_PAGES, 3 }, { A_KMALLOC, 0, 0, 64 }, { A_KMALLOC, 0, 0, 65536 },
	{ A_CACHE }, { A_MPPAGE }, { A_PERCPU, 0, 0, 64 }, { A_KVMALLOC, 0, 0, 8192 },
#if HAVE_BULK
	{ A_BULK },
#endif
};
static const int ctx_core[] = {
	X_PREEMPT, X_IRQOFF, X_BHOFF, X_SOFTIRQ, X_HARDIRQ, X_MEMALLOC, X_NOFS, X_NOIO, X_PIN, X_SIGKILL,
	X_OOMVICTIM,
};

static struct job mkjob(const struct variant *v, int ctx, gfp_t g)
{
	struct job j = { .api = v->api, .ctx = ctx, .order = v->order, .nid = v->nid, .g = g,
		.size = v->size };
	return j;
}

static void p2(void)
{
	int i, v, x;
	static const int vmctx[] = { X_PREEMPT, X_MEMALLOC, X_NOFS, X_NOIO, X_PIN, X_SIGKILL };
	static const struct variant v_vm[] = { { A_VMALLOC, 0, 0, 65536 }, { A_KVMALLOC, 0, 0, 5 << 20 } };

	poison_free();
	for (i = 0; i < nmasks; i++)
		for (v = 0; v < ARRAY_SIZE(v_all); v++) {
			struct job j = mkjob(&v_all[v], X_PROC, masks[i].g);

			if (j.api == A_DMACONTIG && !dev)
				continue;
			row_simple("plenty", masks[i].n, &j, "plenty");
		}
	for (i = 0; i < nmasks; i++)
		for (x = 0; x < ARRAY_SIZE(ctx_core); x++)
			for (v = 0; v < ARRAY_SIZE(v_core); v++) {
				struct job j = mkjob(&v_core[v], ctx_core[x], masks[i].g);

				row_simple("plenty", masks[i].n, &j, "plenty");
			}
	for (i = 0; i < nmasks; i++)
		for (x = 0; x < ARRAY_SIZE(vmctx); x++)
			for (v = 0; v < ARRAY_SIZE(v_vm); v++) {
				struct job j = mkjob(&v_vm[v], vmctx[x], masks[i].g);

				/* dies in split_page(): seen in process context already */
				if (v == 1 && (masks[i].g & __GFP_COMP))
					continue;
				/* without the bulk allocator: a splat for each of 1280 pages, 40 s a row */
				if (!HAVE_BULK && v == 1 && vmctx[x] == X_PREEMPT && (masks[i].g & __GFP_DIRECT_RECLAIM))
					continue;
				row_simple("plenty", masks[i].n, &j, "plenty");
			}
}

/* which zone, node and block type a mask lands in when every zone has room (boot with
 * movablecore= and cma=): all 16 zone-modifier combinations on several bases */
static void pz(void)
{
	int i, z, v;
	static const struct variant vs[] = { { A_PAGES, 0 }, { A_PAGES, 3 }, { A_NODE, 0, 1 }, { A_PAGES, 9 } };

	emit_zones("zone_movable_boot");
	for (i = 0; i < NB; i++)
		for (z = 0; z < 32; z++) {
			char s[64];
			gfp_t g = (bases[i].g & ~(GFP_ZONEMASK | __GFP_RECLAIMABLE)) |
				(__force gfp_t)(z & 15) | (z & 16 ? __GFP_RECLAIMABLE : 0);

			if (zone_bad(g) || (g & (__GFP_RECLAIMABLE | __GFP_MOVABLE)) ==
			    (__GFP_RECLAIMABLE | __GFP_MOVABLE))
				continue;
			snprintf(s, 64, "%s|zone%x%s", bases[i].n, z & 15, z & 16 ? "|RECLAIMABLE" : "");
			for (v = 0; v < ARRAY_SIZE(vs); v++) {
				struct job j = mkjob(&vs[v], X_PROC, g);

				row_simple("zonepick", s, &j, "plenty, movablecore and cma");
				if (v < 2) {
					j.ctx = X_PIN;
					row_simple("zonepick", s, &j, "plenty, movablecore and cma");
				}
			}
			{
				struct variant vt = { A_NODE, 0, 1 };
				struct job j = mkjob(&vt, X_PROC, g | __GFP_THISNODE);

				row_simple("zonepick", s, &j, "plenty, movablecore and cma");
			}
		}
}

/* rows that may kill the machine: the host boots again after each death */
static void p2x(void)
{
	int z, i, x;
	static const int hx[] = { X_IRQOFF, X_BHOFF, X_SOFTIRQ, X_HARDIRQ };
	static const struct variant vv[] = { { A_VMALLOC, 0, 0, 65536 }, { A_KVMALLOC, 0, 0, 5 << 20 } };
	static const struct nm mm[] = { N(GFP_KERNEL), N(GFP_ATOMIC), N(GFP_NOWAIT) };

	for (z = 0; z < 16; z++)
		if (zone_bad((__force gfp_t)z)) {
			static const struct variant v1 = { A_PAGES, 0 }, v2 = { A_KMALLOC, 0, 0, 64 };
			struct job j = mkjob(&v1, X_PROC, GFP_KERNEL | (__force gfp_t)z);

			row_simple("deadly", "GFP_KERNEL|badzone", &j, "plenty");
			if (z == 5) {
				j = mkjob(&v2, X_PROC, GFP_KERNEL | (__force gfp_t)z);
				row_simple("deadly", "GFP_KERNEL|badzone", &j, "plenty");
			}
		}
	for (i = 0; i < 4; i++) {
		static const struct variant vr[] = { { A_PAGES, 0 }, { A_PAGES, 3 }, { A_KMALLOC, 0, 0, 64 },
			{ A_NODE, 0, 1 } };
		struct job j = mkjob(&vr[i], X_PROC, GFP_KERNEL | __GFP_RECLAIMABLE | __GFP_MOVABLE);

		row_simple("deadly", "GFP_KERNEL|__GFP_RECLAIMABLE|__GFP_MOVABLE", &j, "plenty");
	}
	for (x = 0; x < ARRAY_SIZE(hx); x++)
		for (i = 0; i < ARRAY_SIZE(mm); i++) {
			struct job j = mkjob(&vv[0], hx[x], mm[i].g);

			row_simple("deadly", mm[i].n, &j, "plenty");
			j = mkjob(&vv[1], hx[x], mm[i].g);
			row_simple("deadly", mm[i].n, &j, "plenty");
		}
	{
		static const struct variant vn[] = { { A_NODE, 0, 2 }, { A_NODE, 0, -1 }, { A_NODE, 0, 9 } };

		for (i = 0; i < 3; i++) {
			struct job j = mkjob(&vn[i], X_PROC, GFP_KERNEL);

			row_simple("deadly", "GFP_KERNEL", &j, "plenty");
			j = mkjob(&vn[i], X_PROC, GFP_KERNEL | __GFP_THISNODE);
			row_simple("deadly", "GFP_KERNEL|__GFP_THISNODE", &j, "plenty");
		}
	}
}

/* function results that depend on context */
static void pffn(struct job *j)
{
	j->err = gfporacle_pfmemalloc_flags(j->g);
	j->got = gfporacle_alloc_flags(j->g, j->order);
}

static void p_fnctx(void)
{
	int i, x, o;

	for (i = 0; i < nmasks; i++)
		for (x = 0; x < X_NR; x++)
			for (o = 0; o < 2; o++) {
				struct job j = { .ctx = x, .g = masks[i].g, .order = o, .fn = pffn };

				run_ctx(&j);
				E("{\"kind\":\"fnctx\",\"g\":\"0x%x\",\"n\":\"%s\",\"ctx\":\"%s\",\"order\":%d,"
				  "\"pfmemalloc_flags\":%ld,\"alloc_flags\":%lu}", (__force u32)j.g, masks[i].n,
				  ctxn[x], o, j.err, j.got);
				EOUT();
			}
}

/* ------------------------------------------------------------------ part 3: pressure */
static DEFINE_SPINLOCK(hl);
static struct list_head hblk[4][MAX_NR_ZONES], hpg[4][MAX_NR_ZONES];
static bool hinit;
static bool real_oom;	/* let the OOM killer really kill */

static void hoard_init(void)
{
	int i, z;

	if (hinit)
		return;
	for (i = 0; i < 4; i++)
		for (z = 0; z < MAX_NR_ZONES; z++) {
			INIT_LIST_HEAD(&hblk[i][z]);
			INIT_LIST_HEAD(&hpg[i][z]);
		}
	hinit = true;
}

static void hput(struct page *p, int o)
{
	unsigned long f;

	set_page_private(p, o);
	spin_lock_irqsave(&hl, f);
	list_add(&p->lru, o ? &hblk[page_to_nid(p)][page_zonenum(p)] : &hpg[page_to_nid(p)][page_zonenum(p)]);
	spin_unlock_irqrestore(&hl, f);
}

static struct page *hget(int nid, int z, bool blk)
{
	struct list_head *l = blk ? &hblk[nid][z] : &hpg[nid][z];
	struct page *p = NULL;
	unsigned long f;

	spin_lock_irqsave(&hl, f);
	if (!list_empty(l)) {
		p = list_last_entry(l, struct page, lru);	/* first in = largest */
		list_del(&p->lru);
	}
	spin_unlock_irqrestore(&hl, f);
	return p;
}

static void take_all(void)
{
	int nid, o;
	struct page *p;

	for_each_online_node(nid)
		for (o = TOPORDER; o >= 0; o--)
			while ((p = __alloc_pages_node(nid, __GFP_HIGHMEM | __GFP_MOVABLE | __GFP_MEMALLOC |
					__GFP_NOWARN | __GFP_THISNODE, o)))
				hput(p, o);
}

static void hfree(struct page *p)
{
	int o = page_private(p);

	set_page_private(p, 0);
	__free_pages(p, o);
}

static void relax(void)
{
	int nid, z, b;
	struct page *p;

	for_each_online_node(nid)
		for (z = 0; z < MAX_NR_ZONES; z++)
			for (b = 0; b < 2; b++)
				while ((p = hget(nid, z, b)))
					hfree(p);
}

enum shape { SH_ODD, SH_CONTIG };

static long release(int nid, int z, long n, int shape)
{
	struct page *p;
	long done = 0;

	while (done < n && (p = hget(nid, z, true))) {
		int o = page_private(p), i;

		set_page_private(p, 0);
		if (shape == SH_CONTIG && (1L << o) <= n - done) {
			__free_pages(p, o);
			done += 1L << o;
			continue;
		}
		split_page(p, o);
		for (i = 0; i < 1 << o; i++) {
			if (done < n && (shape == SH_CONTIG || !(page_to_pfn(p + i) & 1))) {
				__free_page(p + i);
				done++;
			} else {
				hput(p + i, 0);
			}
		}
	}
	return done;
}

static int rescue(int blocks)
{
	int nid, i, freed = 0, z;
	struct page *p;

	for_each_online_node(nid)
		for (z = MAX_NR_ZONES - 1; z >= 0; z--)
			for (i = 0; i < blocks; i++) {
				p = hget(nid, z, true);
				if (!p)
					break;
				freed += 1 << page_private(p);
				hfree(p);
			}
	return freed;
}

static int oomn(struct notifier_block *nb, unsigned long a, void *v)
{
	unsigned long *freed = v;

	if (armed && current == test_task) {
		oom_notes++;
		if (real_oom)
			return NOTIFY_OK;
	}
	*freed += rescue(2);
	return NOTIFY_OK;
}
static struct notifier_block oomnb = { .notifier_call = oomn };

/* a shrinker that gives hoarded blocks back, but only to the measured task's own reclaim */
static bool shr_on;
static long shr_scans;
static u32 shr_gfp;

static unsigned long shr_count(struct shrinker *s, struct shrink_control *sc)
{
	return armed && shr_on && current == test_task ? 1 << 20 : 0;
}

static unsigned long shr_scan(struct shrinker *s, struct shrink_control *sc)
{
	struct page *p;
	unsigned long n;

	if (!(armed && shr_on && current == test_task))
		return SHRINK_STOP;
	shr_scans++;
	shr_gfp = (__force u32)sc->gfp_mask;
	p = hget(sc->nid, ZONE_NORMAL, true);
	if (!p)
		return SHRINK_STOP;
	n = 1UL << page_private(p);
	hfree(p);
	/* count it as reclaimed, as freed slab pages are */
#if V612
	mm_account_reclaimed_pages(n);
#else
	if (current->reclaim_state)
		current->reclaim_state->reclaimed_slab += n;
#endif
	return n;
}

#if V612
static void shr_init(void)
{
	struct shrinker *s = shrinker_alloc(SHRINKER_NUMA_AWARE, "gfporacle");

	if (!s)
		return;
	s->count_objects = shr_count;
	s->scan_objects = shr_scan;
	shrinker_register(s);
}
#else
static struct shrinker shr = { .count_objects = shr_count, .scan_objects = shr_scan,
	.seeks = DEFAULT_SEEKS, .flags = SHRINKER_NUMA_AWARE };
static void shr_init(void)
{
#if V510
	register_shrinker(&shr);
#else
	register_shrinker(&shr, "gfporacle");
#endif
}
#endif

static long shr_scans_seen(void) { return shr_scans; }
static u32 shr_gfp_seen(void) { return shr_gfp; }

static int wd_why;
static long wd_gpn, wd_ms;
static int spinlimit = 400;
/* the task and kswapd wake each other for ever (throttle_direct_reclaim, seen in 7.3); a call that ends needs some 20 */
static int wakelimit = 800;

static const char *why(void)
{
	return wd_why == 1 ? "spins" : wd_why == 3 ? "throttle" : "time";
}

static int wd(void *x)
{
	while (!kthread_should_stop()) {
		schedule_timeout_interruptible(1);
		if (!READ_ONCE(armed))
			continue;
		if (!wd_fired_flag && (READ_ONCE(gpn) > spinlimit || READ_ONCE(tps[TP_KSWAPD_WAKE].n) > wakelimit ||
				       time_after(jiffies, arm_start + 4 * HZ))) {
			wd_why = gpn > spinlimit ? 1 : tps[TP_KSWAPD_WAKE].n > wakelimit ? 3 : 2;
			wd_gpn = gpn;
			wd_ms = jiffies_to_msecs(jiffies - arm_start);
			wd_fired_flag = true;
			rescue(4);
		} else if (time_after(jiffies, arm_start + 15 * HZ)) {
			static char s[] = "{\"stuck\":1}\n";

			outsb(0xe9, s, sizeof(s) - 1);
			emergency_restart();
		}
	}
	return 0;
}

static void fold(void *x)
{
	unsigned long f;

	local_irq_save(f);
	cpu_vm_stats_fold(smp_processor_id());
	local_irq_restore(f);
}

static void foldall(void)
{
	on_each_cpu(fold, NULL, 1);
}

static void pressure_init(void)
{
	struct zone *z;

	hoard_init();
	register_oom_notifier(&oomnb);
	shr_init();
	drop_slab();
	for_each_populated_zone(z)
		gfporacle_pcp_off(z);
	kthread_run(wd, NULL, "gfpwd");
}

static unsigned long zfree(int nid, int z)
{
	return zone_page_state_snapshot(&NODE_DATA(nid)->node_zones[z], NR_FREE_PAGES);
}

struct pst { const char *n; int nid, zone; int num, den; long abs; int shape; int nid2; long abs2; bool shr; };
/* level = min watermark * num/den + abs of (nid, zone); every other zone is emptied */
static const struct pst psts[] = {
	{ "zero", 0, ZONE_NORMAL, 0, 1, 0, SH_ODD, -1 },
	{ "n0_low", 0, ZONE_NORMAL, 9, 8, 0, SH_ODD, -1 },	/* min < free < low */
	{ "n0_min", 0, ZONE_NORMAL, 1, 1, 0, SH_ODD, -1 },
	{ "n0_half_plus", 0, ZONE_NORMAL, 5, 8, 0, SH_ODD, -1 },
	{ "n0_third", 0, ZONE_NORMAL, 3, 8, 0, SH_ODD, -1 },
	{ "n0_quarter_minus", 0, ZONE_NORMAL, 1, 8, 0, SH_ODD, -1 },
	{ "frag0", 0, ZONE_NORMAL, 1, 1, 8192, SH_ODD, -1 },	/* plenty, but order 0 only */
	{ "n0_zero_n1_free", 0, ZONE_NORMAL, 0, 1, 0, SH_CONTIG, 1, 8192 },
	{ "dma_only", 0, ZONE_DMA, 4, 1, 512, SH_CONTIG, -1 },
	{ "dma32_only", 0, ZONE_DMA32, 4, 1, 4096, SH_CONTIG, -1 },
	{ "n0_low_contig", 0, ZONE_NORMAL, 9, 8, 0, SH_CONTIG, -1 },
	{ "n0_seven_sixteenths", 0, ZONE_NORMAL, 7, 16, 0, SH_ODD, -1 },
	{ "zero_reclaimable", 0, ZONE_NORMAL, 0, 1, 0, SH_ODD, -1, 0, true },	/* our shrinker gives memory back */
	{ "n0_min_contig", 0, ZONE_NORMAL, 1, 1, 0, SH_CONTIG, -1 },
};

static void set_state(const struct pst *s)
{
	struct zone *z = &NODE_DATA(s->nid)->node_zones[s->zone];
	int nid;
	long lvl = min_wmark_pages(z) * s->num / s->den + s->abs;

	shr_on = s->shr;
	shr_scans = 0; shr_gfp = 0;
	relax();
	drain_all_pages(NULL);
	for_each_online_node(nid)
		gfporacle_unreserve(nid);
	take_all();
	drain_all_pages(NULL);
	take_all();
	foldall();
	if (lvl)
		release(s->nid, s->zone, lvl, s->shape);
	if (s->nid2 >= 0)
		release(s->nid2, ZONE_NORMAL, s->abs2, SH_CONTIG);
	drain_all_pages(NULL);
	foldall();
	for_each_online_node(nid) {
		KSWAPD_FAILURES_RESET(nid);
		for (z = NODE_DATA(nid)->node_zones; z < NODE_DATA(nid)->node_zones + MAX_NR_ZONES; z++) {
			z->watermark_boost = 0;
			z->compact_considered = 0; z->compact_defer_shift = 0; z->compact_order_failed = TOPORDER + 1;
		}
	}
}

static void emit_free(const char *k)
{
	int nid, z;
	bool f = true;

	E(",\"%s\":{", k);
	for_each_online_node(nid)
		for (z = 0; z < MAX_NR_ZONES; z++)
			if (populated_zone(&NODE_DATA(nid)->node_zones[z])) {
				E("%s\"%d.%s\":%lu", f ? "" : ",", nid, NODE_DATA(nid)->node_zones[z].name,
				  zfree(nid, z));
				f = false;
			}
	E("}");
}

static void row_pressure(const char *part, const char *name, struct job *j, const struct pst *s)
{
	unsigned long t;

	if (!row_begin())
		return;
	E("{\"begin\":1,"); emit_head(part, name, j, s->n); E("}"); EOUT();
	once_clear();
	j->fn = measured;
	set_state(s);
	flush_con();
	E("{"); emit_head(part, name, j, s->n);
	emit_free("free");
	capn = 0; capturing = true;
	wd_why = 0;
	t = jiffies;
	arm();
	run_ctx(j);
	disarm();
	t = jiffies - t;
	foldall();
	emit_free("free_after");
	if (wd_why)
		E(",\"loop\":\"%s\",\"loop_attempts\":%ld,\"loop_ms\":%ld", why(), wd_gpn,
		  wd_ms);
	E(",\"ms\":%u", jiffies_to_msecs(t));
	emit_res(j);
	do_free(j);
	relax();
	emit_ev();
	flush_con();
	capturing = false;
	emit_log();
	E("}"); EOUT();
	cond_resched();
}

static bool risky(gfp_t g)
{
	return (g & __GFP_DIRECT_RECLAIM);
}

/* one unrecorded exhaustion so that caches and lazily freed memory are out of the way */
static void warmup(void)
{
	struct page *p;
	int i;

	for (i = 0; i < 3; i++) {
		set_state(&psts[0]);
		p = alloc_page(GFP_KERNEL);
		if (p)
			__free_page(p);
		relax();
		msleep(50);
	}
}

static void p3(void)
{
	int i, s, o;
	static const int ords[] = { 0, 1, 3, 4, 9 };

	emit_zones("zone_pressure");
	for (s = 0; s < ARRAY_SIZE(psts); s++)
		for (i = 0; i < nmasks; i++)
			for (o = 0; o < ARRAY_SIZE(ords); o++) {
				struct variant v = { A_PAGES, ords[o] };
				struct job j = mkjob(&v, X_PROC, masks[i].g);

				/* order 0 everywhere; high orders only where they say something */
				if (o && !(s == 0 || s == 6 || s == 7 || s == 10 || s >= 12))
					continue;
				if (s == 0 && (o == 2 || o == 3))
					continue;
				if (!o && s == 6)
					continue;
				if (s >= 8 && s <= 9 && o)
					continue;
				row_pressure("pressure", masks[i].n, &j, &psts[s]);
			}
}

/* contexts under pressure */
static void p3c(void)
{
	int i, s, x;
	static const int ctxs[] = { X_MEMALLOC, X_OOMVICTIM, X_RT, X_NOFS, X_NOIO, X_PIN, X_SIGKILL };
	static const int actx[] = { X_PREEMPT, X_IRQOFF, X_BHOFF, X_SOFTIRQ, X_HARDIRQ, X_SIRQ_MEMALLOC,
		X_HIRQ_MEMALLOC, X_MEMALLOC_PREEMPT };
	static const int ss[] = { 0, 2, 3, 11, 4, 5 };

	for (s = 0; s < ARRAY_SIZE(ss); s++)
		for (i = 0; i < nmasks; i++) {
			static const struct variant v = { A_PAGES, 0 };

			for (x = 0; x < ARRAY_SIZE(actx); x++) {
				struct job j = mkjob(&v, actx[x], masks[i].g);

				if (risky(masks[i].g) && actx[x] != X_MEMALLOC_PREEMPT)
					continue;
				if (risky(masks[i].g) && (masks[i].g & __GFP_NOFAIL))
					continue;
				if (i > 60 && (masks[i].g & (__GFP_NOFAIL | __GFP_NOMEMALLOC | __GFP_MEMALLOC |
							     __GFP_HIGH)) == 0)
					continue;
				row_pressure("pressure_ctx", masks[i].n, &j, &psts[ss[s]]);
			}
			for (x = 0; x < ARRAY_SIZE(ctxs); x++) {
				struct job j = mkjob(&v, ctxs[x], masks[i].g);

				if (s > 0 && ctxs[x] > X_MEMALLOC && ctxs[x] != X_OOMVICTIM && ctxs[x] != X_RT)
					continue;
				row_pressure("pressure_ctx", masks[i].n, &j, &psts[ss[s]]);
			}
		}
}

/* other APIs with nothing free */
static void p3a(void)
{
	int i, v, s;
	static const struct variant vs[] = {
		{ A_KMALLOC, 0, 0, 8192 }, { A_KMALLOC, 0, 0, 65536 }, { A_KVMALLOC, 0, 0, 65536 },
		{ A_VMALLOC, 0, 0, 65536 }, { A_KVMALLOC, 0, 0, 1 << 20 }, { A_MPPAGE },
#if HAVE_BULK
		{ A_BULK },
#endif
		{ A_EXACT, 0, 0, 20480 }, { A_NODE, 0, 0 }, { A_NODE, 0, 1 },
#if HAVE_FOLIO
		{ A_FOLIO, 2 },
#endif
	};
	static const int ss[] = { 0, 6, 7 };

	for (s = 0; s < 3; s++)
		for (i = 0; i < nmasks; i++)
			for (v = 0; v < ARRAY_SIZE(vs); v++) {
				struct job j = mkjob(&vs[v], X_PROC, masks[i].g);

				row_pressure("pressure_api", masks[i].n, &j, &psts[ss[s]]);
			}
	/* a mempool whose reserve is gone: its one element was taken with nothing free */
	{
		static const struct nm mm[] = { N(GFP_ATOMIC), N(GFP_NOWAIT), N(GFP_NOWAIT|__GFP_NOWARN), { "0", 0 },
			N(GFP_KERNEL), N(GFP_NOIO), N(GFP_NOFS), N(GFP_KERNEL|__GFP_NORETRY),
			N(GFP_KERNEL|__GFP_RETRY_MAYFAIL), N(GFP_KERNEL|__GFP_MEMALLOC), N(GFP_KERNEL|__GFP_NOFAIL) };
		static const struct variant v1 = { A_MPEMPTY };
		void *held[ARRAY_SIZE(mm)] = { };

		for (i = 0; i < ARRAY_SIZE(mm); i++) {
			struct job j = mkjob(&v1, X_PROC, mm[i].g);

			/* with nothing free this can only come from the reserve; the row before may have refilled it */
			set_state(&psts[0]);
			held[i] = mempool_alloc(mpempty, __GFP_NOWARN);
			row_pressure("pressure_api", mm[i].n, &j, &psts[0]);
		}
		for (i = 0; i < ARRAY_SIZE(mm); i++)
			if (held[i])
				mempool_free(held[i], mpempty);
	}
}

/* how deep does a stream of allocations go? */
struct depth { long kswapd, slow, reclaim, oom, fail; long got; };

static void p3d(void)
{
	int i, x;
	static const int ctxs[] = { X_PROC, X_MEMALLOC, X_OOMVICTIM, X_RT, X_HARDIRQ, X_SOFTIRQ, X_SIRQ_MEMALLOC,
		X_SIRQ_SETS };
	static const struct pst st = { "drain_n0", 0, ZONE_NORMAL, 3, 2, 64, SH_ODD, -1 };
	static LIST_HEAD(l);

	for (x = 0; x < ARRAY_SIZE(ctxs); x++)
		for (i = 0; i < nmasks; i++) {
			struct variant v = { A_PAGES, 0 };
			struct job j = mkjob(&v, ctxs[x], masks[i].g);
			struct depth d = { -1, -1, -1, -1, -1, 0 };
			struct page *p, *n;
			struct zone *z = &NODE_DATA(0)->node_zones[ZONE_NORMAL];
			unsigned long fb, f0;

			if (risky(masks[i].g) && (ctxs[x] == X_HARDIRQ || ctxs[x] == X_SOFTIRQ ||
						  ctxs[x] == X_SIRQ_MEMALLOC || ctxs[x] == X_SIRQ_SETS))
				continue;
			if (gfp_zone(masks[i].g) < ZONE_NORMAL)
				continue;
			if (!row_begin())
				continue;
			E("{\"begin\":1,"); emit_head("depth", masks[i].n, &j, st.n); E("}"); EOUT();
			once_clear();
			j.fn = measured;
			set_state(&st);
			fb = f0 = zfree(0, ZONE_NORMAL);
			capn = 0; capturing = true;
			wd_why = 0;
			for (;;) {
				fb = zfree(0, ZONE_NORMAL);
				arm();
				run_ctx(&j);
				disarm();
				foldall();
				if (d.slow < 0 && prs[2].n)
					d.slow = fb;
				if (d.kswapd < 0 && prs[P_WAKE].n)
					d.kswapd = fb;
				if (d.reclaim < 0 && prs[3].n)
					d.reclaim = fb;
				if (d.oom < 0 && prs[7].n)
					d.oom = fb;
				if (!j.p)
					d.fail = fb;
				else {
					list_add(&((struct page *)j.p)->lru, &l);
					d.got++;
				}
				if (!j.p || d.oom >= 0 || wd_why || oom_notes)
					break;
			}
			list_for_each_entry_safe(p, n, &l, lru) {
				list_del(&p->lru);
				__free_page(p);
			}
			relax();
			flush_con();
			capturing = false;
			E("{"); emit_head("depth", masks[i].n, &j, st.n);
			E(",\"start_free\":%lu,\"min\":%lu,\"low\":%lu,\"got\":%ld,\"free_at_kswapd_wake\":%ld,"
			  "\"free_at_slowpath\":%ld,\"free_at_reclaim\":%ld,\"free_at_mayoom\":%ld,"
			  "\"free_at_null\":%ld", f0, min_wmark_pages(z), low_wmark_pages(z), d.got, d.kswapd,
			  d.slow, d.reclaim, d.oom, d.fail);
			E(",\"end\":\"%s\"", d.fail >= 0 ? "null" : wd_why ? "loop" : "oom");
			if (wd_why)
				E(",\"loop\":\"%s\"", why());
			emit_ev();
			emit_log();
			E("}"); EOUT();
			cond_resched();
		}
}

/* free pages scattered between movable (user) pages: compaction can help.  Steps: a = everything
 * released (user space fills its memory), b = everything else taken (user space then drops every
 * other page), c = one measured row */
static int pf_next;
static int p3f(char step)
{
	static const int ords[] = { 1, 3, 4, 9 };
	int n = nmasks * ARRAY_SIZE(ords), nid;
	struct variant v;
	struct job j;
	struct zone *z;
	static const struct pst st = { "frag_movable" };
	unsigned long t;

	shr_on = false;
	if (pf_next < row_start - 1)
		pf_next = row_start - 1;
	if (step == 'a') {
		relax();
		drain_all_pages(NULL);
		return pf_next < n;
	}
	if (step == 'b') {
		lru_add_drain_all();
		for_each_online_node(nid)
			gfporacle_unreserve(nid);
		take_all(); drain_all_pages(NULL); take_all();
		foldall();
		return 1;
	}
	lru_add_drain_all();
	drain_all_pages(NULL);
	foldall();
	for_each_online_node(nid) {
		KSWAPD_FAILURES_RESET(nid);
		for (z = NODE_DATA(nid)->node_zones; z < NODE_DATA(nid)->node_zones + MAX_NR_ZONES; z++) {
			z->watermark_boost = 0;
			z->compact_considered = 0; z->compact_defer_shift = 0; z->compact_order_failed = TOPORDER + 1;
		}
	}
	v = (struct variant){ A_PAGES, ords[pf_next % ARRAY_SIZE(ords)] };
	row_id = pf_next;
	j = mkjob(&v, X_PROC, masks[pf_next / ARRAY_SIZE(ords)].g);
	pf_next++;
	if (!row_begin())
		return 1;
	E("{\"begin\":1,"); emit_head("pressure_frag_movable", masks[(row_id - 1) / ARRAY_SIZE(ords)].n, &j, st.n);
	E("}"); EOUT();
	once_clear();
	j.fn = measured;
	flush_con();
	E("{"); emit_head("pressure_frag_movable", masks[(row_id - 1) / ARRAY_SIZE(ords)].n, &j, st.n);
	emit_free("free");
	capn = 0; capturing = true;
	wd_why = 0;
	t = jiffies;
	arm();
	run_ctx(&j);
	disarm();
	t = jiffies - t;
	foldall();
	emit_free("free_after");
	if (wd_why)
		E(",\"loop\":\"%s\",\"loop_attempts\":%ld,\"loop_ms\":%ld", why(), wd_gpn,
		  wd_ms);
	E(",\"ms\":%u", jiffies_to_msecs(t));
	emit_res(&j);
	do_free(&j);
	relax();
	emit_ev();
	flush_con();
	capturing = false;
	emit_log();
	E("}"); EOUT();
	return 1;
}

/* memory cgroup at its limit: user space has put us into a cgroup with a memory.max */
static void pm(void)
{
	int i, k;
	static LIST_HEAD(l);
	static const struct variant vs[] = { { A_PAGES, 0 }, { A_KMALLOC, 0, 0, 3000 }, { A_VMALLOC, 0, 0, 16384 },
		{ A_PAGES, 2 } };
	struct page *p, *n;

	for (i = 0; i < nmasks; i++)
		for (k = 0; k < ARRAY_SIZE(vs); k++) {
			struct job j = mkjob(&vs[k], X_PROC, masks[i].g | __GFP_ACCOUNT);

			while ((p = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_NORETRY | __GFP_NOWARN)))
				list_add(&p->lru, &l);
			row_simple("memcg_limit", masks[i].n, &j, "memcg at memory.max, mask|__GFP_ACCOUNT");
			list_for_each_entry_safe(p, n, &l, lru) {
				list_del(&p->lru);
				__free_page(p);
			}
		}
}

/* user space has put us into a cpuset with mems=1: node 1 is empty, node 0 has room */
static void p3g(void)
{
	static const struct pst sg[] = {
		{ "cpuset_mems1_n1_zero_n0_free", 0, ZONE_NORMAL, 0, 1, 0, SH_CONTIG, 0, 8192 },
		{ "cpuset_mems1_n1_free_n0_free", 0, ZONE_NORMAL, 4, 1, 0, SH_CONTIG, 1, 8192 },
	};
	static const int cx[] = { X_PROC, X_MEMALLOC, X_OOMVICTIM, X_HARDIRQ, X_BHOFF, X_PREEMPT };
	static const int ords[] = { 0, 3 };
	int i, x, o, s;

	for (s = 0; s < 2; s++)
		for (x = 0; x < ARRAY_SIZE(cx); x++)
			for (i = 0; i < nmasks; i++)
				for (o = 0; o < 2; o++) {
					struct variant v = { A_PAGES, ords[o] };
					struct job j = mkjob(&v, cx[x], masks[i].g);

					if (cx[x] >= X_PREEMPT && cx[x] <= X_HARDIRQ && risky(masks[i].g))
						continue;
					if (x && (o || s))
						continue;
					row_pressure("pressure_cpuset", masks[i].n, &j, &sg[s]);
				}
}

/* slab allocations that always need pages: the caches are emptied before each row */
static void p2n(void)
{
	static const int cx[] = { X_PROC, X_PREEMPT, X_HARDIRQ, X_NOIO, X_MEMALLOC };
	static const struct variant vs[] = { { A_NEWSLAB, 0, 0, 12000 }, { A_NEWCTOR, 0, 0, 12000 } };
	int i, x, v;

	for (x = 0; x < ARRAY_SIZE(cx); x++)
		for (i = 0; i < nmasks; i++)
			for (v = 0; v < 2; v++) {
				struct job j = mkjob(&vs[v], cx[x], masks[i].g);

				kmem_cache_shrink(knew);
				kmem_cache_shrink(knewctor);
				row_simple("plenty_newslab", masks[i].n, &j, "plenty");
			}
}

static void p3n(void)
{
	static const struct variant v = { A_NEWSLAB, 0, 0, 12000 };
	static const int ss[] = { 0, 6, 2 };
	int i, s;

	for (s = 0; s < 3; s++)
		for (i = 0; i < nmasks; i++) {
			struct job j = mkjob(&v, X_PROC, masks[i].g);

			kmem_cache_shrink(knew);
			row_pressure("pressure_newslab", masks[i].n, &j, &psts[ss[s]]);
		}
}

/* blocking masks in atomic context with nothing free: may die */
static void p3x(void)
{
	static const int cx[] = { X_PREEMPT, X_IRQOFF, X_BHOFF, X_SOFTIRQ, X_HARDIRQ };
	static const struct nm mm[] = { N(GFP_KERNEL|__GFP_NORETRY), N(GFP_KERNEL), N(GFP_NOIO), N(GFP_KERNEL|__GFP_NOFAIL) };
	static const struct variant v = { A_PAGES, 0 };
	int i, x;

	for (x = 0; x < ARRAY_SIZE(cx); x++)
		for (i = 0; i < ARRAY_SIZE(mm); i++) {
			struct job j = mkjob(&v, cx[x], mm[i].g);

			row_pressure("deadly_pressure", mm[i].n, &j, &psts[0]);
		}
}

/* real OOM kills: one row per call, user space re-forks victims in between */
static int p3b_next;
static int p3b(void)
{
	static const int ords[] = { 0, 1, 3, 4 };
	int n = nmasks * ARRAY_SIZE(ords), k = p3b_next;

	for (; k < n; k++) {
		struct variant v = { A_PAGES, ords[k % ARRAY_SIZE(ords)] };
		gfp_t g = masks[k / ARRAY_SIZE(ords)].g;
		struct job j = mkjob(&v, X_PROC, g);

		if (!risky(g))
			continue;
		real_oom = true;
		row_id = k;
		p3b_next = k + 1;
		if (k + 1 < row_start)
			continue;
		row_pressure("realoom", masks[k / ARRAY_SIZE(ords)].n, &j, &psts[0]);
		real_oom = false;
		return 1;
	}
	return 0;
}

/* ------------------------------------------------------------------ part 4: contig */
static unsigned long uaddr;

#define USERPAGES 8192
static int uidx;

/* the next anonymous page of init (one reference taken) whose pageblock holds no reserved page */
static struct page *user_page(unsigned long *pfn)
{
	struct page *p = NULL;
	unsigned long b, k;
	int tries;

	for (tries = 0; tries < USERPAGES; tries++) {
		uidx = (uidx + 37) % USERPAGES;
		if (get_user_pages_unlocked(uaddr + uidx * PAGE_SIZE, 1, &p, FOLL_WRITE) != 1)
			return NULL;
		*pfn = page_to_pfn(p);
		b = *pfn & ~(pageblock_nr_pages - 1);
		for (k = 0; k < pageblock_nr_pages; k++)
			if (PageReserved(pfn_to_page(b + k)))
				break;
		/* a CMA block cannot be isolated as a movable one */
		if (k == pageblock_nr_pages && page_zonenum(p) == ZONE_MOVABLE && get_pageblock_migratetype(p) != MIGRATE_CMA)
			return p;
		put_page(p);
	}
	return NULL;
}

static int page_mapcount_compat(struct page *p)
{
#if V612
	return folio_mapcount(page_folio(p));
#else
	return page_mapcount(p);
#endif
}

static void p4(void)
{
	int i, x, k;
	static const int cx[] = { X_PROC, X_NOFS, X_NOIO, X_PIN, X_MEMALLOC, X_SIGKILL, X_RT };
	struct job j;
	unsigned long pfn;
	struct page *p;

	emit_zones("zone_contig");
	for (i = 0; i < nmasks; i++) {
		static const struct variant vp[] = { { A_CONTIGP, 0, 0, 4 }, { A_CONTIGP, 0, 0, 1024 },
			{ A_CONTIGP, 0, 1, 16 }, { A_CONTIGP, 0, 0, 3 } };

		/* 6.12 loses memory with __GFP_COMP: those rows are in p4x, one boot each */
		if (V612 && (masks[i].g & __GFP_COMP))
			continue;
		for (k = 0; k < ARRAY_SIZE(vp); k++) {
			j = mkjob(&vp[k], X_PROC, masks[i].g);
			row_simple("contig", masks[i].n, &j, "plenty");
		}
	}
	for (x = 0; x < ARRAY_SIZE(cx); x++)
		for (i = 0; i < nmasks; i++) {
			struct variant v = { A_CONTIGR, 0, 0, 0 };

			if (x && i > 24)
				continue;
			if (V612 && (masks[i].g & __GFP_COMP))
				continue;
			/* (1) a free aligned 16-page range inside a wholly free pageblock */
			p = alloc_pages(GFP_HIGHUSER_MOVABLE, pageblock_order);
			if (!p)
				continue;
			cr_start = page_to_pfn(p); cr_end = cr_start + 16;
			__free_pages(p, pageblock_order);
			drain_all_pages(NULL);
			v.size = 65536;
			j = mkjob(&v, cx[x], masks[i].g);
			row_simple("contig", masks[i].n, &j, "range free");
			/* (2) a mapped anonymous page: must be migrated away */
			p = user_page(&pfn);
			if (!p)
				continue;
			put_page(p);
			lru_add_drain_all();
			if (row_id + 1 >= row_start) {
				E("{\"kind\":\"contig_page\",\"next_id\":%d,\"pfn\":%lu,\"flags\":\"%pGp\",\"refs\":%d,"
				  "\"maps\":%d,\"zone\":%d,\"pbmt\":%d}", row_id + 1, pfn, PAGE_FLAGS_P(p), page_count(p),
				  page_mapcount_compat(p), page_zonenum(p), (int)get_pageblock_migratetype(p));
				EOUT();
			}
			cr_start = pfn; cr_end = pfn + 1;
			v.size = PAGE_SIZE;
			j = mkjob(&v, cx[x], masks[i].g);
			row_simple("contig", masks[i].n, &j, "range mapped anon");
			/* (3) the same with an extra reference held (pinned) */
			p = user_page(&pfn);
			if (!p)
				continue;
			lru_add_drain_all();
			cr_start = pfn; cr_end = pfn + 1;
			j = mkjob(&v, cx[x], masks[i].g);
			row_simple("contig", masks[i].n, &j, "range pinned");
			put_page(p);
			/* (4) an unmovable kernel page inside the range */
			if (x == 0 && (i % 4) == 0) {
				p = alloc_page(GFP_KERNEL);
				cr_start = page_to_pfn(p); cr_end = cr_start + 1;
				j = mkjob(&v, cx[x], masks[i].g);
				row_simple("contig", masks[i].n, &j, "range unmovable");
				__free_page(p);
			}
		}
	for (x = 0; x < ARRAY_SIZE(cx); x++)
		for (k = 0; k < 2; k++) {
			static const size_t ns[] = { 1, 16, 512, 100000 };
			int m;

			for (m = 0; m < 4; m++) {
				struct variant v = { A_CMA, 0, 0, ns[m] };

				j = mkjob(&v, cx[x], k ? __GFP_NOWARN : 0);
				row_simple("contig", k ? "no_warn" : "warn", &j, "plenty");
			}
		}
#if HAVE_CMA_FOLIO
	for (i = 0; i < nmasks; i++) {
		static const struct variant v = { A_CMAFOLIO, 2, 0, 0 };

		if (masks[i].g & __GFP_COMP)
			continue;
		j = mkjob(&v, X_PROC, masks[i].g);
		row_simple("contig", masks[i].n, &j, "plenty");
	}
#endif
	for (i = 0; i < nmasks; i++) {
		static const struct variant v[] = { { A_DMACONTIG, 0, 0, 65536 }, { A_DMACONTIG, 0, 0, 4096 },
			{ A_DMACOH, 0, 0, 65536 }, { A_DMACOH, 0, 0, 4096 } };

		for (k = 0; k < 4 && dev; k++) {
			j = mkjob(&v[k], X_PROC, masks[i].g);
			row_simple("contig", masks[i].n, &j, "plenty");
		}
	}
}

/* __GFP_COMP (and combinations) handed to the contiguous allocators: a boot for each row */
static void p4x(void)
{
	static const struct variant vs[] = { { A_CONTIGP, 0, 0, 4 }, { A_CONTIGP, 0, 0, 512 }, { A_CONTIGP, 0, 0, 1024 },
		{ A_CONTIGP, 0, 0, 3 }, { A_CONTIGR, 0, 0, 65536 }, { A_CONTIGR, 0, 0, 2 << 20 },
#if HAVE_CMA_FOLIO
		{ A_CMAFOLIO, 2 }, { A_CMAFOLIO, 9 }, { A_CMAFOLIO, 10 },
#endif
	};
	static const struct nm mm[] = { N(GFP_KERNEL|__GFP_COMP), N(GFP_KERNEL|__GFP_COMP|__GFP_ZERO),
		N(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_NOWARN) };
	int i, k;
	struct page *p;
	bool run;

	for (i = 0; i < ARRAY_SIZE(mm); i++)
		for (k = 0; k < ARRAY_SIZE(vs); k++) {
			struct job j = mkjob(&vs[k], X_PROC, mm[i].g);

			if (i && !(k == 0 || k == 5 || k == 7))
				continue;
			run = row_id + 1 >= row_start;
			if (run && vs[k].api == A_CONTIGR) {
				p = alloc_pages(GFP_HIGHUSER_MOVABLE, pageblock_order);
				if (!p)
					continue;
				cr_start = page_to_pfn(p);
				cr_end = cr_start + vs[k].size / PAGE_SIZE;
				__free_pages(p, pageblock_order);
				drain_all_pages(NULL);
			}
			row_simple("contig_comp", mm[i].n, &j, "plenty");
			if (run && !V73) {	/* 7.x refuses __GFP_COMP: nothing is lost */
				mdelay(200);
				emergency_restart();
			}
		}
}

/* a range whose one page has a mapping (shmem, which init has shared): whether isolation takes it depends on __GFP_FS */
static void p4r(void)
{
	static const int cx[] = { X_PROC, X_NOFS, X_NOIO, X_PIN, X_MEMALLOC };
	static const struct variant v = { A_CONTIGR, 0, 0, PAGE_SIZE };
	unsigned long pfn;
	struct page *p;
	int i, x;

	for (x = 0; x < ARRAY_SIZE(cx); x++)
		for (i = 0; i < nmasks; i++) {
			struct job j = mkjob(&v, cx[x], masks[i].g);

			if ((x && i > 24) || (V612 && (masks[i].g & __GFP_COMP)))
				continue;
			p = user_page(&pfn);
			if (!p)
				continue;
			put_page(p);
			lru_add_drain_all();
			cr_start = pfn; cr_end = pfn + 1;
			row_simple("contig_mapping", masks[i].n, &j, "range mapped shmem");
		}
}

/* a range whose one page has to be moved while nothing is free to move it to (boot with movablecore=) */
static void p3r(void)
{
	static const int cx[] = { X_PROC, X_NOFS, X_NOIO, X_PIN, X_MEMALLOC, X_OOMVICTIM, X_SIGKILL };
	static const int ss[] = { 0, 7, 12 };
	static const struct variant v = { A_CONTIGR, 0, 0, PAGE_SIZE };
	unsigned long pfn;
	struct page *p;
	int i, x, s;

	for (s = 0; s < ARRAY_SIZE(ss); s++)
		for (x = 0; x < ARRAY_SIZE(cx); x++)
			for (i = 0; i < nmasks; i++) {
				struct job j = mkjob(&v, cx[x], masks[i].g);

				if (((s || x) && i > 24) || (V612 && (masks[i].g & __GFP_COMP)))
					continue;
				p = user_page(&pfn);
				if (!p)
					continue;
				put_page(p);
				lru_add_drain_all();
				cr_start = pfn; cr_end = pfn + 1;
				row_pressure("contig_pressure", masks[i].n, &j, &psts[ss[s]]);
			}
}

#if V73
/* functions that 6.12 does not have: any context, no lock (with memory to spare) */
static void p2v(void)
{
	static const struct variant vs[] = { { A_PGNOLOCK, 0, -1 }, { A_PGNOLOCK, 1, -1 }, { A_PGNOLOCK, 3, -1 },
		{ A_PGNOLOCK, 4, -1 }, { A_PGNOLOCK, 9, -1 }, { A_PGNOLOCK, 10, -1 }, { A_KMNOLOCK, 0, -1, 0 },
		{ A_KMNOLOCK, 0, -1, 64 }, { A_KMNOLOCK, 0, -1, 8192 }, { A_KMNOLOCK, 0, -1, 8193 } };
	static const int cx[] = { X_PROC, X_PREEMPT, X_IRQOFF, X_SOFTIRQ, X_HARDIRQ, X_MEMALLOC, X_NOFS, X_PIN };
	int i, x, v;

	poison_free();
	for (x = 0; x < ARRAY_SIZE(cx); x++)
		for (i = 0; i < nmasks; i++)
			for (v = 0; v < ARRAY_SIZE(vs); v++) {
				struct job j = mkjob(&vs[v], cx[x], masks[i].g);

				/* movable and reclaimable: p2x */
				if (x && masks[i].g && !(masks[i].g & (__GFP_ACCOUNT | __GFP_ZERO | __GFP_NOMEMALLOC)))
					continue;
				row_simple("plenty", masks[i].n, &j, "plenty");
			}
}

/* the same for ranges: frozen pages, which may be compound */
static void p4v(void)
{
	static const struct variant vs[] = { { A_CONTIGFP, 0, 0, 4 }, { A_CONTIGFP, 0, 0, 512 }, { A_CONTIGFP, 0, 0, 1024 },
		{ A_CONTIGFP, 0, 1, 16 }, { A_CONTIGFP, 0, 0, 3 }, { A_CONTIGFR, 0, 0, 65536 } };
	static const size_t ns[] = { 1, 16, 512, 100000 };
	static const int os[] = { 0, 2, 9, 10, 14 };
	struct job j;
	struct page *p;
	int i, k;

	emit_zones("zone_contig");
	for (i = 0; i < nmasks; i++)
		for (k = 0; k < ARRAY_SIZE(vs); k++) {
			j = mkjob(&vs[k], X_PROC, masks[i].g);
			if (j.api == A_CONTIGFR) {
				p = alloc_pages(GFP_HIGHUSER_MOVABLE, pageblock_order);
				if (!p)
					continue;
				cr_start = page_to_pfn(p); cr_end = cr_start + 16;
				__free_pages(p, pageblock_order);
				drain_all_pages(NULL);
			}
			row_simple("contig", masks[i].n, &j, j.api == A_CONTIGFR ? "range free" : "plenty");
		}
	for (k = 0; k < 2; k++)
		for (i = 0; i < ARRAY_SIZE(ns); i++) {
			struct variant v = { A_CMAFROZEN, 0, 0, ns[i] };

			j = mkjob(&v, X_PROC, k ? __GFP_NOWARN : 0);
			row_simple("contig", k ? "no_warn" : "warn", &j, "plenty");
		}
	for (i = 0; i < ARRAY_SIZE(os); i++) {
		struct variant v = { A_CMAFROZENCOMP, os[i] };

		j = mkjob(&v, X_PROC, 0);
		row_simple("contig", "no mask", &j, "plenty");
	}
}
#endif

/* CMA pages as the only free memory */
static void p4c(void)
{
	int i, x;
	struct cma *cma = cmaarea;
	unsigned long f;
	static const int cx[] = { X_PROC, X_PIN };
	static const struct pst st = { "cma_only", 0, ZONE_NORMAL, 0, 1, 0, SH_ODD, -1 };

	if (!cma)
		return;
	emit_zones("zone_cma");
	/* hold everything that is not CMA, leave the CMA pages free */
	for (x = 0; x < 2; x++)
		for (i = 0; i < nmasks; i++) {
			static const struct variant v = { A_PAGES, 0 };
			struct job j = mkjob(&v, cx[x], masks[i].g);
			struct page *p;
			int nid, o, z;

			if (!row_begin())
				continue;
			E("{\"begin\":1,"); emit_head("cma_only", masks[i].n, &j, st.n); E("}"); EOUT();
			relax();
			drain_all_pages(NULL);
			once_clear();
			for_each_online_node(nid) {
				for (o = TOPORDER; o >= 0; o--)
					while ((p = __alloc_pages_node(nid, __GFP_MEMALLOC | __GFP_NOWARN |
							__GFP_THISNODE, o)))
						hput(p, o);
				KSWAPD_FAILURES_RESET(nid);
			}
			/* ZONE_MOVABLE too */
			for_each_online_node(nid)
				for (z = 0; z < 1; z++)
					for (o = TOPORDER; o >= 0; o--)
						while ((p = __alloc_pages_node(nid, __GFP_HIGHMEM | __GFP_MOVABLE |
								__GFP_MEMALLOC | __GFP_NOWARN | __GFP_THISNODE, o))) {
							if (page_zonenum(p) != ZONE_MOVABLE) {
								__free_pages(p, o);
								break;
							}
							hput(p, o);
						}
			drain_all_pages(NULL);
			foldall();
			f = global_zone_page_state(NR_FREE_CMA_PAGES);
			j.fn = measured;
			capn = 0; capturing = true;
			wd_why = 0;
			E("{"); emit_head("cma_only", masks[i].n, &j, st.n);
			E(",\"free_cma\":%lu", f);
			emit_free("free");
			arm();
			run_ctx(&j);
			disarm();
			if (wd_why)
				E(",\"loop\":\"%s\",\"loop_attempts\":%ld", why(), wd_gpn);
			emit_res(&j);
			do_free(&j);
			relax();
			emit_ev();
			flush_con();
			capturing = false;
			emit_log();
			E("}"); EOUT();
		}
}

/* ------------------------------------------------------------------ /proc interface */
static ssize_t pwrite(struct file *f, const char __user *ub, size_t n, loff_t *o)
{
	char b[96], part[32] = "";
	unsigned long a = 0;
	int start = 1;
	static bool once;
	int more = 0;

	if (n >= sizeof(b))
		return -EINVAL;
	if (copy_from_user(b, ub, n))
		return -EFAULT;
	b[n] = 0;
	sscanf(b, "%31s %d %lx", part, &start, &a);
	uaddr = a;
	row_start = start;
	if (!once) {
		once = true;
		set_cpus_allowed_ptr(current, cpumask_of(0));
		masks_init();
		apis_init();
		probes_init();
		if (part[0] == 'p' && part[1] == '3')
			pressure_init();
		if (!strcmp(part, "p4c")) {
			hoard_init();
			register_oom_notifier(&oomnb);
			kthread_run(wd, NULL, "gfpwd");
		}
		emit_zones("zone");
		if ((part[0] == 'p' && part[1] == '3') || !strcmp(part, "p4c"))
			warmup();
	}
	row_id = 0;
	if (!strcmp(part, "const")) { p_const(); }
	else if (!strcmp(part, "fn")) { p_fn(); p_fnctx(); }
	else if (!strcmp(part, "p2")) p2();
	else if (!strcmp(part, "p2x")) p2x();
	else if (!strcmp(part, "pz")) pz();
	else if (!strcmp(part, "p3")) p3();
	else if (!strcmp(part, "p3a")) p3a();
	else if (!strcmp(part, "p3b")) more = p3b();
	else if (!strncmp(part, "p3f", 3)) more = p3f(part[3]);
	else if (!strcmp(part, "p3g")) p3g();
	else if (!strcmp(part, "p2n")) p2n();
	else if (!strcmp(part, "p3n")) p3n();
	else if (!strcmp(part, "p3x")) p3x();
	else if (!strcmp(part, "pm")) pm();
	else if (!strcmp(part, "p3c")) p3c();
	else if (!strcmp(part, "p3d")) p3d();
	else if (!strcmp(part, "p3r")) p3r();
	else if (!strcmp(part, "p4")) p4();
	else if (!strcmp(part, "p4x")) p4x();
	else if (!strcmp(part, "p4r")) p4r();
	else if (!strcmp(part, "p4c")) p4c();
#if V73
	else if (!strcmp(part, "p2v")) p2v();
	else if (!strcmp(part, "p4v")) p4v();
#endif
	if (!more) {
		E("{\"end\":\"%s\"}", part); EOUT();
		return -ENODATA;
	}
	return n;
}

static const struct proc_ops pops = { .proc_write = pwrite };

static int __init gfporacle_con(void)
{
	register_console(&cap_con);
	return 0;
}
console_initcall(gfporacle_con);

static int __init gfporacle_init(void)
{
	proc_create("gfporacle", 0200, NULL, &pops);
	return 0;
}
late_initcall(gfporacle_init);
