/** What drivers are made of: what reads it is what reads a first file. */
export const SAMPLE = `#include <linux/slab.h>
#include "nic.h"

#define RX_GFP (GFP_ATOMIC | __GFP_NOWARN)
#define RX_BYTES (4 * 1024)

/* Takes a ring for its callers, with their mask. */
static struct ring *nic_grow(struct nic *nic, size_t bytes, gfp_t gfp)
{
	struct ring *ring = kzalloc(sizeof(*ring) + bytes, gfp);

	if (!ring)
		return NULL;
	list_add_tail(&ring->list, &nic->rings);
	return ring;
}

static void nic_lock(struct nic *nic) __acquires(&nic->lock)
{
	spin_lock_bh(&nic->lock);
}

static irqreturn_t nic_irq(int irq, void *data)
{
	struct nic *nic = data;
	unsigned long flags;
	int i, err = 0;

	spin_lock_irqsave(&nic->lock, flags);
	switch (nic->state) {
	case NIC_EMPTY:
		for (i = 0; i < ARRAY_SIZE(nic->ring); i++)
			nic->ring[i] = nic_grow(nic, RX_BYTES, RX_GFP);
		break;
	case NIC_FULL:
		goto out;
	default:
		if (nic->pending && !in_interrupt())
			nic->buffer = kmalloc(512, in_atomic() ? GFP_ATOMIC : GFP_KERNEL);
		else if (nic->count++ > 8)
			err = -ENOMEM;
	}
	while (nic->left--)
		nic_poll(nic, "left %d\\n", nic->left);
out:
	spin_unlock_irqrestore(&nic->lock, flags);
	return err ? IRQ_NONE : IRQ_HANDLED;
}

static int nic_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct nic *nic = devm_kzalloc(&pdev->dev, sizeof(*nic), GFP_KERNEL);
	gfp_t gfp = GFP_KERNEL | __GFP_NORETRY;

	if (!nic)
		return -ENOMEM;
	if (nic->is_old)
		gfp |= __GFP_ZERO;
	mutex_lock(&nic->mutex);
	nic->page = alloc_pages(gfp, get_order(RX_BYTES));
	if (!nic->page) {
		mutex_unlock(&nic->mutex);
		kfree(nic);
		return -ENOMEM;
	}
	timer_setup(&nic->timer, nic_timer, 0);
	INIT_WORK(&nic->work, nic_work);
#ifdef CONFIG_PM
	nic->saved = memalloc_noio_save();
	nic_lock(nic);
	nic->skb = alloc_skb(nic->mtu, GFP_KERNEL);
	spin_unlock_bh(&nic->lock);
	memalloc_noio_restore(nic->saved);
#endif
	mutex_unlock(&nic->mutex);
	return request_irq(pdev->irq, nic_irq, IRQF_SHARED, "nic", nic);
}

static const struct net_device_ops nic_ops = {
	.ndo_open = nic_open,
	.ndo_start_xmit = nic_xmit,
};
`;
