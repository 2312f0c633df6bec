/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupt controllers that KVM emulates.  The local APICs come last, one
 * for each possible vCPU: panicvm shortens the table to --smp of them.
 */
Signature : "APIC"
Table Length : 00000000
Revision : 04
Checksum : 00
Oem ID : "KVMPNC"
Oem Table ID : "PANICVM"
Oem Revision : 00000001
Asl Compiler ID : "INTL"
Asl Compiler Revision : 00000000

Local Apic Address : FEE00000
Flags (decoded below) : 00000001
PC-AT Compatibility : 1

Subtable Type : 01 [I/O APIC]
Length : 0C
I/O Apic ID : 00
Reserved : 00
Address : FEC00000
Interrupt : 00000000

Subtable Type : 04 [Local APIC NMI]
Length : 06
Processor ID : FF
Flags (decoded below) : 0000
Polarity : 0
Trigger Mode : 0
Interrupt Input LINT : 01

Subtable Type : 00 [Processor Local APIC]
Length : 08
Processor ID : 00
Local Apic ID : 00
Flags (decoded below) : 00000001
Processor Enabled : 1
Runtime Online Capable : 0

Subtable Type : 00 [Processor Local APIC]
Length : 08
Processor ID : 01
Local Apic ID : 01
Flags (decoded below) : 00000001
Processor Enabled : 1
Runtime Online Capable : 0

Subtable Type : 00 [Processor Local APIC]
Length : 08
Processor ID : 02
Local Apic ID : 02
Flags (decoded below) : 00000001
Processor Enabled : 1
Runtime Online Capable : 0

Subtable Type : 00 [Processor Local APIC]
Length : 08
Processor ID : 03
Local Apic ID : 03
Flags (decoded below) : 00000001
Processor Enabled : 1
Runtime Online Capable : 0

Subtable Type : 00 [Processor Local APIC]
Length : 08
Processor ID : 04
Local Apic ID : 04
Flags (decoded below) : 00000001
Processor Enabled : 1
Runtime Online Capable : 0

Subtable Type : 00 [Processor Local APIC]
Length : 08
Processor ID : 05
Local Apic ID : 05
Flags (decoded below) : 00000001
Processor Enabled : 1
Runtime Online Capable : 0

Subtable Type : 00 [Processor Local APIC]
Length : 08
Processor ID : 06
Local Apic ID : 06
Flags (decoded below) : 00000001
Processor Enabled : 1
Runtime Online Capable : 0

Subtable Type : 00 [Processor Local APIC]
Length : 08
Processor ID : 07
Local Apic ID : 07
Flags (decoded below) : 00000001
Processor Enabled : 1
Runtime Online Capable : 0
