import type { Kernel } from "../../kernels/kernel.ts";
import { NONE, SAME, type Wrapper } from "./wrapper.ts";

/** Where there is iommu_map_atomic(), iommu_map() takes no mask. */
const takesNoMask = (kernel: Kernel): string | null =>
  kernel.lacks.has("iommu_map_atomic")
    ? null
    : "iommu_map() takes no mask here: it asks with GFP_KERNEL, and iommu_map_atomic() with GFP_ATOMIC.";

/** Memory for devices, and their view of memory. */
export const dma: readonly Wrapper[] = [
  {
    name: "dma_alloc_coherent",
    signature: "void *dma_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp)",
    calls: "dma_alloc_attrs",
    size: SAME,
    mask: "parameter",
    evidence: "include/linux/dma-mapping.h:dma_alloc_coherent",
  },
  {
    name: "dma_alloc_wc",
    signature: "void *dma_alloc_wc(struct device *dev, size_t size, dma_addr_t *dma_addr, gfp_t gfp)",
    calls: "dma_alloc_attrs",
    size: SAME,
    mask: "parameter",
    evidence: "include/linux/dma-mapping.h:dma_alloc_wc",
  },
  {
    name: "dmam_alloc_attrs",
    signature:
      "void *dmam_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp, unsigned long attrs)",
    calls: "dma_alloc_attrs",
    size: SAME,
    mask: "parameter",
    note: "What remembers the memory is asked for first, with the same mask.",
    evidence: "kernel/dma/mapping.c:dmam_alloc_attrs",
  },
  {
    name: "dmam_alloc_coherent",
    signature: "void *dmam_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp)",
    calls: "dmam_alloc_attrs",
    size: SAME,
    mask: "parameter",
    evidence: "include/linux/dma-mapping.h:dmam_alloc_coherent",
  },
  {
    name: "dma_alloc_noncoherent",
    signature:
      "void *dma_alloc_noncoherent(struct device *dev, size_t size, dma_addr_t *dma_handle, enum dma_data_direction dir, gfp_t gfp)",
    calls: "dma_alloc_pages",
    size: SAME,
    mask: "parameter",
    evidence: "include/linux/dma-mapping.h:dma_alloc_noncoherent",
  },
  {
    name: "dma_alloc_noncontiguous",
    signature:
      "struct sg_table *dma_alloc_noncontiguous(struct device *dev, size_t size, enum dma_data_direction dir, gfp_t gfp, unsigned long attrs)",
    calls: "dma_alloc_pages",
    size: SAME,
    mask: "parameter",
    evidence: "kernel/dma/mapping.c:dma_alloc_noncontiguous",
  },
  {
    name: "dma_pool_zalloc",
    signature: "void *dma_pool_zalloc(struct dma_pool *pool, gfp_t mem_flags, dma_addr_t *handle)",
    calls: "dma_pool_alloc",
    size: SAME,
    mask: "parameter",
    adds: ["ZERO"],
    evidence: "include/linux/dmapool.h:dma_pool_zalloc",
  },
  {
    name: "iommu_map",
    signature:
      "int iommu_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size, int prot, gfp_t gfp)",
    calls: "get_zeroed_page",
    size: NONE,
    mask: "parameter",
    refuses: ["COMP", "DMA", "DMA32", "HIGHMEM"],
    canFail: true,
    unknownIn: takesNoMask,
    note: "The pages of the tables are asked for by the driver of the IOMMU, one by one. What is not aligned to its pages is -EINVAL.",
    evidence: "drivers/iommu/iommu.c:iommu_map",
  },
  {
    name: "iommu_map_sg",
    signature:
      "ssize_t iommu_map_sg(struct iommu_domain *domain, unsigned long iova, struct scatterlist *sg, unsigned int nents, int prot, gfp_t gfp)",
    calls: "iommu_map",
    size: SAME,
    mask: "parameter",
    evidence: "drivers/iommu/iommu.c:iommu_map_sg",
  },
  {
    name: "iommu_map_atomic",
    signature:
      "int iommu_map_atomic(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size, int prot)",
    calls: "get_zeroed_page",
    size: NONE,
    mask: "ATOMIC",
    canFail: true,
    evidence: "drivers/iommu/iommu.c:iommu_map_atomic (6.1)",
  },
];
