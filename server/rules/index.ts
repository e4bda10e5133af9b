// Written by scripts/indexes.ts: one line for each file of the folders beside this one, which are the groups.
import { allocInNmi } from "./context/alloc-in-nmi.ts";
import { atomicOrKernel } from "./context/atomic-or-kernel.ts";
import { atomicWhenSleepable } from "./context/atomic-when-sleepable.ts";
import { atomicWithNomemalloc } from "./context/atomic-with-nomemalloc.ts";
import { highOrderAtomic } from "./context/high-order-atomic.ts";
import { highWithReclaim } from "./context/high-with-reclaim.ts";
import { noReclaimBits } from "./context/no-reclaim-bits.ts";
import { nofsIsNotAtomic } from "./context/nofs-is-not-atomic.ts";
import { nowaitMayWarn } from "./context/nowait-may-warn.ts";
import { nowaitRedundantNowarn } from "./context/nowait-redundant-nowarn.ts";
import { rtAllocInAtomic } from "./context/rt-alloc-in-atomic.ts";
import { sleepInAtomic } from "./context/sleep-in-atomic.ts";
import { wakeupUnderSchedulerLock } from "./context/wakeup-under-scheduler-lock.ts";
import { cmaFolioWithoutComp } from "./contig/cma-folio-without-comp.ts";
import { cmaInAtomic } from "./contig/cma-in-atomic.ts";
import { cmaMaskAsBool } from "./contig/cma-mask-as-bool.ts";
import { cmaNotConfigured } from "./contig/cma-not-configured.ts";
import { giganticWithoutComp } from "./contig/gigantic-without-comp.ts";
import { rangeComp } from "./contig/range-comp.ts";
import { rangeIgnoredPlacement } from "./contig/range-ignored-placement.ts";
import { rangeNofsIgnored } from "./contig/range-nofs-ignored.ts";
import { rangeNonblocking } from "./contig/range-nonblocking.ts";
import { rangeNoretry } from "./contig/range-noretry.ts";
import { rangeRetryMayfail } from "./contig/range-retry-mayfail.ts";
import { rangeUnsupportedFlag } from "./contig/range-unsupported-flag.ts";
import { rangeWithoutFs } from "./contig/range-without-fs.ts";
import { rangeZeroDropped } from "./contig/range-zero-dropped.ts";
import { dmaAtomic } from "./dma/dma-atomic.ts";
import { dmaComp } from "./dma/dma-comp.ts";
import { dmaContiguousRefused } from "./dma/dma-contiguous-refused.ts";
import { dmaPagesZoneFlags } from "./dma/dma-pages-zone-flags.ts";
import { dmaPoolZoneFlags } from "./dma/dma-pool-zone-flags.ts";
import { dmaRedundantZero } from "./dma/dma-redundant-zero.ts";
import { dmaTooLarge } from "./dma/dma-too-large.ts";
import { dmaZoneCleared } from "./dma/dma-zone-cleared.ts";
import { iommuRefusedFlags } from "./dma/iommu-refused-flags.ts";
import { dmaFreeIrqsOff } from "./frees/dma-free-irqs-off.ts";
import { freeInNmi } from "./frees/free-in-nmi.ts";
import { freeSleepsInAtomic } from "./frees/free-sleeps-in-atomic.ts";
import { kvfreeInAtomic } from "./frees/kvfree-in-atomic.ts";
import { rtFreeInAtomic } from "./frees/rt-free-in-atomic.ts";
import { mempoolDeadNullCheck } from "./mempool/mempool-dead-null-check.ts";
import { mempoolForcedFlags } from "./mempool/mempool-forced-flags.ts";
import { mempoolUnchecked } from "./mempool/mempool-unchecked.ts";
import { mempoolZero } from "./mempool/mempool-zero.ts";
import { accountNoEffect } from "./misc/account-no-effect.ts";
import { atomicOvercharge } from "./misc/atomic-overcharge.ts";
import { fallbackWithoutNowarn } from "./misc/fallback-without-nowarn.ts";
import { internalFlag } from "./misc/internal-flag.ts";
import { maskNotTaken } from "./misc/mask-not-taken.ts";
import { noKswapd } from "./misc/no-kswapd.ts";
import { numericMask } from "./misc/numeric-mask.ts";
import { removedFlag } from "./misc/removed-flag.ts";
import { uncheckedResult } from "./misc/unchecked-result.ts";
import { unknownBit } from "./misc/unknown-bit.ts";
import { zeroSize } from "./misc/zero-size.ts";
import { pageFragAlign } from "./net/page-frag-align.ts";
import { pageFragFlags } from "./net/page-frag-flags.ts";
import { pageFragNofail } from "./net/page-frag-nofail.ts";
import { skbDma } from "./net/skb-dma.ts";
import { skbTooLarge } from "./net/skb-too-large.ts";
import { nofailCostlyOrder } from "./nofail/nofail-costly-order.ts";
import { nofailDeadNullCheck } from "./nofail/nofail-dead-null-check.ts";
import { nofailHighOrder } from "./nofail/nofail-high-order.ts";
import { nofailIgnoredByPercpu } from "./nofail/nofail-ignored-by-percpu.ts";
import { nofailInAtomic } from "./nofail/nofail-in-atomic.ts";
import { nofailInLowZone } from "./nofail/nofail-in-low-zone.ts";
import { nofailInReclaim } from "./nofail/nofail-in-reclaim.ts";
import { nofailKvmallocUnsupported } from "./nofail/nofail-kvmalloc-unsupported.ts";
import { nofailOnThisNode } from "./nofail/nofail-on-this-node.ts";
import { nofailOverLimit } from "./nofail/nofail-over-limit.ts";
import { nofailVmallocUnsupported } from "./nofail/nofail-vmalloc-unsupported.ts";
import { nofailWithBulk } from "./nofail/nofail-with-bulk.ts";
import { nofailWithDma } from "./nofail/nofail-with-dma.ts";
import { nofailWithMempool } from "./nofail/nofail-with-mempool.ts";
import { nofailWithNoretry } from "./nofail/nofail-with-noretry.ts";
import { nofailWithNowarn } from "./nofail/nofail-with-nowarn.ts";
import { nofailWithRange } from "./nofail/nofail-with-range.ts";
import { nofailWithRetryMayfail } from "./nofail/nofail-with-retry-mayfail.ts";
import { nofailWithoutFs } from "./nofail/nofail-without-fs.ts";
import { nofailWithoutReclaim } from "./nofail/nofail-without-reclaim.ts";
import { bulkUnchecked } from "./pages/bulk-unchecked.ts";
import { bulkWithAccount } from "./pages/bulk-with-account.ts";
import { exactWithComp } from "./pages/exact-with-comp.ts";
import { folioRedundantComp } from "./pages/folio-redundant-comp.ts";
import { kmallocNolockLimits } from "./pages/kmalloc-nolock-limits.ts";
import { nolockFlags } from "./pages/nolock-flags.ts";
import { nolockInRtInterrupt } from "./pages/nolock-in-rt-interrupt.ts";
import { nolockOrder } from "./pages/nolock-order.ts";
import { percpuIgnoredFlags } from "./percpu/percpu-ignored-flags.ts";
import { percpuNofsAtomic } from "./percpu/percpu-nofs-atomic.ts";
import { percpuTooLarge } from "./percpu/percpu-too-large.ts";
import { explicitNofsNoio } from "./recursion/explicit-nofs-noio.ts";
import { fsReclaimUnderLock } from "./recursion/fs-reclaim-under-lock.ts";
import { fsWithoutIo } from "./recursion/fs-without-io.ts";
import { ioReclaimUnderLock } from "./recursion/io-reclaim-under-lock.ts";
import { nofsInScope } from "./recursion/nofs-in-scope.ts";
import { nolockdep } from "./recursion/nolockdep.ts";
import { reclaimInFenceSignalling } from "./recursion/reclaim-in-fence-signalling.ts";
import { vmallocUnderFsLock } from "./recursion/vmalloc-under-fs-lock.ts";
import { memallocInHardirq } from "./reserves/memalloc-in-hardirq.ts";
import { memallocOutsideMm } from "./reserves/memalloc-outside-mm.ts";
import { memallocWithNomemalloc } from "./reserves/memalloc-with-nomemalloc.ts";
import { noreclaimScopeUnchecked } from "./reserves/noreclaim-scope-unchecked.ts";
import { costlyNoretryThisNode } from "./retry/costly-noretry-this-node.ts";
import { costlyOrderPlain } from "./retry/costly-order-plain.ts";
import { costlyRetryWithoutIo } from "./retry/costly-retry-without-io.ts";
import { highOrderWithoutIo } from "./retry/high-order-without-io.ts";
import { noretrySmallOrder } from "./retry/noretry-small-order.ts";
import { noretryWithRetryMayfail } from "./retry/noretry-with-retry-mayfail.ts";
import { noretryWithoutReclaim } from "./retry/noretry-without-reclaim.ts";
import { retryMayfailSmallOrder } from "./retry/retry-mayfail-small-order.ts";
import { retryMayfailWithoutReclaim } from "./retry/retry-mayfail-without-reclaim.ts";
import { bulkCannotSpin } from "./slab/bulk-cannot-spin.ts";
import { bulkIrqsOff } from "./slab/bulk-irqs-off.ts";
import { kmallocTooLarge } from "./slab/kmalloc-too-large.ts";
import { kreallocZero } from "./slab/krealloc-zero.ts";
import { orderTooLarge } from "./slab/order-too-large.ts";
import { pfmemallocSlab } from "./slab/pfmemalloc-slab.ts";
import { redundantZero } from "./slab/redundant-zero.ts";
import { slabDroppedFlags } from "./slab/slab-dropped-flags.ts";
import { zeroWithConstructor } from "./slab/zero-with-constructor.ts";
import { preloadNonblocking } from "./trees/preload-nonblocking.ts";
import { treeBlockingUnderLock } from "./trees/tree-blocking-under-lock.ts";
import { treeDroppedFlags } from "./trees/tree-dropped-flags.ts";
import { kvmallocContiguityEffort } from "./vmalloc/kvmalloc-contiguity-effort.ts";
import { kvmallocInInterrupt } from "./vmalloc/kvmalloc-in-interrupt.ts";
import { kvmallocNofsNoFallback } from "./vmalloc/kvmalloc-nofs-no-fallback.ts";
import { kvmallocNonblocking } from "./vmalloc/kvmalloc-nonblocking.ts";
import { kvmallocTooLarge } from "./vmalloc/kvmalloc-too-large.ts";
import { nofailFatalSignal } from "./vmalloc/nofail-fatal-signal.ts";
import { vmallocInInterrupt } from "./vmalloc/vmalloc-in-interrupt.ts";
import { vmallocNonblocking } from "./vmalloc/vmalloc-nonblocking.ts";
import { vmallocRetryFlags } from "./vmalloc/vmalloc-retry-flags.ts";
import { vmallocUnsupportedFlags } from "./vmalloc/vmalloc-unsupported-flags.ts";
import { vmallocZoneFlags } from "./vmalloc/vmalloc-zone-flags.ts";
import { dmaZoneForDevice } from "./zones/dma-zone-for-device.ts";
import { explicitHardwall } from "./zones/explicit-hardwall.ts";
import { highmemIgnored } from "./zones/highmem-ignored.ts";
import { highuserForKernel } from "./zones/highuser-for-kernel.ts";
import { kmallocDmaType } from "./zones/kmalloc-dma-type.ts";
import { mobilityConflict } from "./zones/mobility-conflict.ts";
import { movableKernelMemory } from "./zones/movable-kernel-memory.ts";
import { movableWithoutHighmem } from "./zones/movable-without-highmem.ts";
import { reclaimableWithoutShrinker } from "./zones/reclaimable-without-shrinker.ts";
import { slabMovable } from "./zones/slab-movable.ts";
import { slabZoneFlags } from "./zones/slab-zone-flags.ts";
import { thisNodeNoEffect } from "./zones/this-node-no-effect.ts";
import { thisNodeUnchecked } from "./zones/this-node-unchecked.ts";
import { transhugeOrder } from "./zones/transhuge-order.ts";
import { writeNoEffect } from "./zones/write-no-effect.ts";
import { zoneDmaDma32 } from "./zones/zone-dma-dma32.ts";
import { zoneDmaHighmem } from "./zones/zone-dma-highmem.ts";
import { zoneDma32Highmem } from "./zones/zone-dma32-highmem.ts";
import { zoneNotConfigured } from "./zones/zone-not-configured.ts";
import type { Rule } from "./rule.ts";

export const BY_GROUP = {
  context: [
    allocInNmi,
    atomicOrKernel,
    atomicWhenSleepable,
    atomicWithNomemalloc,
    highOrderAtomic,
    highWithReclaim,
    noReclaimBits,
    nofsIsNotAtomic,
    nowaitMayWarn,
    nowaitRedundantNowarn,
    rtAllocInAtomic,
    sleepInAtomic,
    wakeupUnderSchedulerLock,
  ],
  contig: [
    cmaFolioWithoutComp,
    cmaInAtomic,
    cmaMaskAsBool,
    cmaNotConfigured,
    giganticWithoutComp,
    rangeComp,
    rangeIgnoredPlacement,
    rangeNofsIgnored,
    rangeNonblocking,
    rangeNoretry,
    rangeRetryMayfail,
    rangeUnsupportedFlag,
    rangeWithoutFs,
    rangeZeroDropped,
  ],
  dma: [
    dmaAtomic,
    dmaComp,
    dmaContiguousRefused,
    dmaPagesZoneFlags,
    dmaPoolZoneFlags,
    dmaRedundantZero,
    dmaTooLarge,
    dmaZoneCleared,
    iommuRefusedFlags,
  ],
  frees: [dmaFreeIrqsOff, freeInNmi, freeSleepsInAtomic, kvfreeInAtomic, rtFreeInAtomic],
  mempool: [mempoolDeadNullCheck, mempoolForcedFlags, mempoolUnchecked, mempoolZero],
  misc: [
    accountNoEffect,
    atomicOvercharge,
    fallbackWithoutNowarn,
    internalFlag,
    maskNotTaken,
    noKswapd,
    numericMask,
    removedFlag,
    uncheckedResult,
    unknownBit,
    zeroSize,
  ],
  net: [pageFragAlign, pageFragFlags, pageFragNofail, skbDma, skbTooLarge],
  nofail: [
    nofailCostlyOrder,
    nofailDeadNullCheck,
    nofailHighOrder,
    nofailIgnoredByPercpu,
    nofailInAtomic,
    nofailInLowZone,
    nofailInReclaim,
    nofailKvmallocUnsupported,
    nofailOnThisNode,
    nofailOverLimit,
    nofailVmallocUnsupported,
    nofailWithBulk,
    nofailWithDma,
    nofailWithMempool,
    nofailWithNoretry,
    nofailWithNowarn,
    nofailWithRange,
    nofailWithRetryMayfail,
    nofailWithoutFs,
    nofailWithoutReclaim,
  ],
  pages: [
    bulkUnchecked,
    bulkWithAccount,
    exactWithComp,
    folioRedundantComp,
    kmallocNolockLimits,
    nolockFlags,
    nolockInRtInterrupt,
    nolockOrder,
  ],
  percpu: [percpuIgnoredFlags, percpuNofsAtomic, percpuTooLarge],
  recursion: [
    explicitNofsNoio,
    fsReclaimUnderLock,
    fsWithoutIo,
    ioReclaimUnderLock,
    nofsInScope,
    nolockdep,
    reclaimInFenceSignalling,
    vmallocUnderFsLock,
  ],
  reserves: [memallocInHardirq, memallocOutsideMm, memallocWithNomemalloc, noreclaimScopeUnchecked],
  retry: [
    costlyNoretryThisNode,
    costlyOrderPlain,
    costlyRetryWithoutIo,
    highOrderWithoutIo,
    noretrySmallOrder,
    noretryWithRetryMayfail,
    noretryWithoutReclaim,
    retryMayfailSmallOrder,
    retryMayfailWithoutReclaim,
  ],
  slab: [
    bulkCannotSpin,
    bulkIrqsOff,
    kmallocTooLarge,
    kreallocZero,
    orderTooLarge,
    pfmemallocSlab,
    redundantZero,
    slabDroppedFlags,
    zeroWithConstructor,
  ],
  trees: [preloadNonblocking, treeBlockingUnderLock, treeDroppedFlags],
  vmalloc: [
    kvmallocContiguityEffort,
    kvmallocInInterrupt,
    kvmallocNofsNoFallback,
    kvmallocNonblocking,
    kvmallocTooLarge,
    nofailFatalSignal,
    vmallocInInterrupt,
    vmallocNonblocking,
    vmallocRetryFlags,
    vmallocUnsupportedFlags,
    vmallocZoneFlags,
  ],
  zones: [
    dmaZoneForDevice,
    explicitHardwall,
    highmemIgnored,
    highuserForKernel,
    kmallocDmaType,
    mobilityConflict,
    movableKernelMemory,
    movableWithoutHighmem,
    reclaimableWithoutShrinker,
    slabMovable,
    slabZoneFlags,
    thisNodeNoEffect,
    thisNodeUnchecked,
    transhugeOrder,
    writeNoEffect,
    zoneDmaDma32,
    zoneDmaHighmem,
    zoneDma32Highmem,
    zoneNotConfigured,
  ],
} satisfies Readonly<Record<string, readonly Rule[]>>;

export const ALL: readonly Rule[] = Object.values(BY_GROUP).flat();
