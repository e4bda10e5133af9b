import { NONE, objectOf, SAME, type Wrapper } from "./wrapper.ts";

/** USB requests, and buffers for them. */
export const usb: readonly Wrapper[] = [
  {
    name: "usb_alloc_urb",
    signature: "struct urb *usb_alloc_urb(int iso_packets, gfp_t mem_flags)",
    calls: "kmalloc",
    size: { kind: "elements", elementBytes: 16, headerBytes: 184 },
    mask: "parameter",
    note: "`count` is the number of isochronous packets; without it the bytes of one are taken.",
    evidence: "drivers/usb/core/urb.c:usb_alloc_urb",
  },
  {
    name: "usb_submit_urb",
    signature: "int usb_submit_urb(struct urb *urb, gfp_t mem_flags)",
    calls: "kzalloc",
    size: objectOf(64),
    mask: "parameter",
    canFail: true,
    note: "What is asked for is up to the driver of the host controller: a small object (xhci, ohci) or blocks of DMA pools (ehci), and bounce buffers where the controller cannot reach the data. -ENOMEM, besides all other errors of a submission.",
    evidence: "drivers/usb/core/hcd.c:usb_hcd_submit_urb; drivers/usb/host/xhci.c:xhci_urb_enqueue",
  },
  {
    name: "usb_alloc_coherent",
    signature: "void *usb_alloc_coherent(struct usb_device *dev, size_t size, gfp_t mem_flags, dma_addr_t *dma)",
    calls: [{ calls: "dma_pool_alloc", upToBytes: 2048 }, { calls: "dma_alloc_coherent" }],
    size: SAME,
    mask: "parameter",
    note: "A controller with memory of its own takes it from there, and one without DMA from kmalloc(); a size of 0 gives NULL.",
    evidence: "drivers/usb/core/buffer.c:hcd_buffer_alloc",
  },
  {
    name: "usb_alloc_streams",
    signature:
      "int usb_alloc_streams(struct usb_interface *interface, struct usb_host_endpoint **eps, unsigned int num_eps, unsigned int num_streams, gfp_t mem_flags)",
    calls: "kzalloc",
    size: NONE,
    mask: "parameter",
    unknownIn: () => "What usb_alloc_streams() asks for is up to the driver of the host controller, and was not read.",
    evidence: "drivers/usb/core/hcd.c:usb_alloc_streams",
  },
];
