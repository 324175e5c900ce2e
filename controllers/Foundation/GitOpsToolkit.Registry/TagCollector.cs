namespace GitOpsToolkit.Registry;

/// <summary>
/// Collects tags in the order in which a registry sends them, each once: their bytes one after the other, and a table of hashes to find
/// doubles. No object is made for a tag.
/// </summary>
internal sealed class TagCollector
{
    private byte[] text = new byte[1024];
    private int[] starts = new int[64];

    // Numbers of tags plus one at the place their hash names, or the next free one; 0 is free. At most half full.
    private int[] slots = new int[128];

    internal int Count { get; private set; }

    /// <summary>Adds a tag; false where it is there already.</summary>
    internal bool Add(ReadOnlySpan<byte> tag)
    {
        var slot = FindSlot(tag);
        if (slots[slot] != 0)
        {
            return false;
        }

        var start = starts[Count];
        Reserve(start + tag.Length);
        tag.CopyTo(text.AsSpan(start));
        slots[slot] = ++Count;
        starts[Count] = start + tag.Length;
        if (Count * 2 >= slots.Length)
        {
            Rehash();
        }

        return true;
    }

    /// <summary>The tags in descending order. Registries send them sorted as a rule, and then there is nothing to sort.</summary>
    internal PackedTags Pack()
    {
        var order = new int[Count];
        for (var i = 0; i < Count; i++)
        {
            // Ascending as they come is the usual case: turned round it is what we want.
            order[i] = Count - 1 - i;
        }

        if (!IsDescending(order))
        {
            Array.Sort(order, (left, right) => At(right).SequenceCompareTo(At(left)));
        }

        var packer = new TagPacker();
        foreach (var number in order)
        {
            packer.Add(At(number));
        }

        return packer.Finish();
    }

    private bool IsDescending(int[] order)
    {
        for (var i = 1; i < order.Length; i++)
        {
            if (At(order[i - 1]).SequenceCompareTo(At(order[i])) < 0)
            {
                return false;
            }
        }

        return true;
    }

    private ReadOnlySpan<byte> At(int number) => text.AsSpan(starts[number]..starts[number + 1]);

    /// <summary>Where the tag is, or else the free place for it. The hash is seeded anew in each process: nobody can choose collisions.</summary>
    private int FindSlot(ReadOnlySpan<byte> tag)
    {
        var hash = default(HashCode);
        hash.AddBytes(tag);
        var slot = hash.ToHashCode() & (slots.Length - 1);
        while (slots[slot] != 0 && !At(slots[slot] - 1).SequenceEqual(tag))
        {
            slot = (slot + 1) & (slots.Length - 1);
        }

        return slot;
    }

    private void Reserve(int length)
    {
        if (length > text.Length)
        {
            Array.Resize(ref text, Math.Max(length, checked(text.Length * 2)));
        }

        if (Count + 2 > starts.Length)
        {
            Array.Resize(ref starts, checked(starts.Length * 2));
        }
    }

    private void Rehash()
    {
        slots = new int[checked(slots.Length * 2)];
        for (var number = 0; number < Count; number++)
        {
            slots[FindSlot(At(number))] = number + 1;
        }
    }
}
