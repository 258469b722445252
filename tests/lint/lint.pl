#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Rules that a compiler does not hold. perl lint.pl --list | RULE, from the project's root.
# Prints file:line and the reason for each breach; exit 1 if there is any.
# Needs perl-base only, which every Debian has.
use strict;
use warnings;
require './tools/source.pl';

# An include may only point left.
my @LAYERS = qw(base models solve cohort env agents store metrics stats explain report
    runner config sweep cli);
my %RANK = map { $LAYERS[$_] => $_ } 0 .. $#LAYERS;

# Folder of a source -> its layer; the longest match counts.
my %LAYER_OF = (
    'models' => 'models', 'agents' => 'agents',
    'sim/base' => 'base', 'sim/solve' => 'solve', 'sim/cohort' => 'cohort', 'sim/env' => 'env',
    'results/store' => 'store', 'results/metrics' => 'metrics', 'results/stats' => 'stats',
    'results/explain' => 'explain', 'results/report' => 'report',
    'experiments/runner' => 'runner', 'experiments/config' => 'config',
    'experiments/sweep' => 'sweep', 'experiments/cli' => 'cli',
    map { ("include/titrate/$_" => $_) } @LAYERS,
);

# Third-party headers and the folders that may include them; tests may include any.
my @THIRD_PARTY = (
    [qr{^(?:cvodes?|arkode|sundials|nvector|sunmatrix|sunlinsol|sunnonlinsol)/}, qr{^sim/solve/}],
    [qr{^(?:hdf5|hdf5_hl|H5\w*)\.h$}, qr{^results/store/}],
    [qr{^zlib\.h$}, qr{^results/store/}],
    [qr{^libconfig\.h$}, qr{^experiments/config/}],
    [qr{^cblas\.h$}, qr{^agents/net/}],
    [qr{^gsl/}, qr{\.c$}],
    [qr{^omp\.h$}, qr{\.c$}],
    [qr{^getopt\.h$}, qr{^experiments/cli/}],
);

# What C11 and POSIX 2008 bring.
my %STANDARD = map { ("$_.h" => 1) } qw(assert complex ctype errno fenv float inttypes iso646
    limits locale math setjmp signal stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib
    stdnoreturn string strings tgmath threads time uchar wchar wctype dirent fcntl fnmatch glob
    poll pthread pwd sched semaphore spawn termios unistd utime sys/file sys/mman sys/resource
    sys/select sys/socket sys/stat sys/statvfs sys/time sys/types sys/uio sys/utsname sys/wait
    sys/ioctl dlfcn);

my %RULES = (
    layers => \&layers,
    libm => \&libm,
    licence => \&licence,
    output => \&output,
    paths => \&paths,
    docs => \&docs,
);

sub layer_of {
    my ($path) = @_;
    for (my $dir = $path; $dir =~ s{/[^/]*$}{};) {
        return $LAYER_OF{$dir} if exists $LAYER_OF{$dir};
    }
    return undef;
}

sub is_test { return $_[0] =~ m{^tests/} }

sub layers {
    my ($breach) = @_;
    for my $path (grep { /\.[ch]$/ } project_files()) {
        my $layer = layer_of($path);
        $breach->($path, 1, 'stands in no layer') if !defined $layer && !is_test($path);
        my $number = 0;
        for (read_lines($path)) {
            $number++;
            next if !/^\s*#\s*include\b/;
            my $why = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/
                ? include_breach($path, $layer, $1, $2)
                : 'names no file';
            $breach->($path, $number, $why) if defined $why;
        }
    }
}

# Why this include is not allowed, or undef.
sub include_breach {
    my ($path, $layer, $quote, $header) = @_;
    return "relative path '$header'" if $header =~ m{(?:^|/)\.\.?(?:/|$)};
    if ($header =~ m{^titrate/([^/]+)/[^/]+\.h$}) {
        return "no layer '$1'" if !exists $RANK{$1};
        return undef if is_test($path) || $RANK{$1} <= $RANK{$layer // 'base'};
        return "layer $layer may not include the later layer $1";
    }
    return "'$header' is not titrate/<layer>/<name>.h" if $header =~ m{^titrate/};
    if ($quote eq '"') {
        return undef if is_test($path);
        my ($dir) = $path =~ m{^(.*)/};
        return undef if $header !~ m{/} && -f "$dir/$header";
        return "private header '$header' is not in the same folder";
    }
    return undef if $STANDARD{$header};
    return undef if is_test($path);
    for (@THIRD_PARTY) {
        my ($name, $where) = @$_;
        next if $header !~ $name;
        return $path =~ $where ? undef : "third-party header <$header> outside its folder";
    }
    return "third-party header <$header> has no folder";
}

# A trajectory is the same on every machine only without the C library's functions.
sub libm {
    my ($breach) = @_;
    my $names = join '|', qw(exp exp2 exp10 expm1 log log2 log10 log1p pow sin cos tan asin acos
        atan atan2 sinh cosh tanh asinh acosh atanh cbrt hypot erf erfc tgamma lgamma fma);
    my $headers = qr{^include/titrate/(?:base|models|solve|cohort|env|agents)/};
    scan($breach, qr{^(?:models|sim|agents)/|$headers},
        qr{\b((?:$names)[fl]?)\s*\(}, 'libm: use titrate/base/math.h');
    scan($breach, qr{^(?:models|sim|agents)/}, qr{\b(s?rand|random|drand48|time|clock)\s*\(},
        'not reproducible: use titrate/base/rng.h');
}

sub output {
    my ($breach) = @_;
    scan($breach, qr{^(?:include|models|sim|agents|results|experiments/(?!cli/))},
        qr{\b((?:_?exit|_Exit|quick_exit|abort|v?printf|puts|putchar|perror)(?=\s*\()|stdout|stderr)\b},
        'only experiments/cli ends the program or prints');
}

sub scan {
    my ($breach, $where, $pattern, $why) = @_;
    for my $path (grep { /\.[ch]$/ && $_ =~ $where } project_files()) {
        my $number = 0;
        for (code_lines($path)) {
            $number++;
            $breach->($path, $number, "$1: $why") if $_ =~ $pattern;
        }
    }
}

sub licence {
    my ($breach) = @_;
    my $kind = qr{(?:\.(?:[ch]|in|sh|pl|py|js|css|cmake|cfg)|(?:^|/)(?:CMakeLists\.txt|dev|run))$};
    for my $path (grep { $_ =~ $kind && $_ !~ m{^tests/fuzz/seeds/} } project_files()) {
        my $head = join '', grep { defined } (read_lines($path))[0 .. 4];
        $breach->($path, 1, 'no SPDX-License-Identifier in the first lines')
            if $head !~ /SPDX-License-Identifier: GPL-3\.0-or-later/;
    }
}

sub paths {
    my ($breach) = @_;
    for my $path (project_files()) {
        next if -B $path;
        my $number = 0;
        for (read_lines($path)) {
            $number++;
            $breach->($path, $number, "path of one machine: $1")
                if m{(?<![\w.\-\}\)])(/(?:work|root|home|tmp/h|farm)/\S*)};
        }
    }
}

# --- what the docs name exists: links, verbs, files, config keys ---

# The names between quotes behind `before` in a file.
sub names_in {
    my ($path, $before) = @_;
    return map { /$before"([\w.-]+)"/ ? ($1 => 1) : () } read_lines($path);
}

# Sections of the config and all keys, from the page that the program writes (a test compares them).
sub config_words {
    my (%section, %key);
    for (read_lines('docs/config.md')) {
        $section{$1} = 1 if /^## ([a-z_.]+)/;
        $key{$1} = 1 if /^\| `([\w.]+)(?:\[\d\])?` \|/;
    }
    return (\%section, \%key, { map { $_ => 1 } qw(name agent), map { /([^.]+)$/ } keys %section });
}

# A path of the config: it begins with a section or a key of the top level, and ends in a key. Names of
# entries stand between (policies.q.epsilon.from).
sub is_config_path {
    my ($path, $section, $key, $other) = @_;
    my @part = split /\./, $path;
    my $begins = $section->{ $part[0] } || (@part == 1 && $key->{ $part[0] });
    return $begins && ($key->{ $part[-1] } || $other->{ $part[-1] } ||
        (@part > 1 && $key->{"$part[-2].$part[-1]"}));
}

# Why a piece of code in a page names something that is not there, or undef.
sub code_breach {
    my ($code, $know) = @_;
    while ($code =~ /(?:^|[\s`(])titrate ([a-z]+)\b/g) {
        return "titrate has no verb '$1'" if !$know->{verb}{$1} && $1 ne 'help';
    }
    while ($code =~ m{(?:^|\s)\./dev ([a-z]+)}g) {
        return "dev has no verb '$1'" if !$know->{dev}{$1};
    }
    while ($code =~ /-D '?([a-z][\w.]*)(?:\[\d\])?=/g) {
        return "no config key '$1'"
            if !is_config_path($1, @$know{qw(section key other)}) && $1 !~ /^(?:key|section\.key)$/;
    }
    if ($code =~ m{^((?:$know->{folders})(?:/[\w.-]+)+)/?$} && $1 !~ m{^results/runs|/build/}) {
        return "no file or folder '$1'" if !-e $1;
    }
    if ($code =~ /^([a-z]+(?:\.[a-z][a-z_0-9]*)+)(?<!\.[hc])$/ && $know->{section}{ (split /\./, $1)[0] }) {
        return "no config key '$1'"
            if !is_config_path($1, @$know{qw(section key other)}) && !$know->{section}{$1};
    }
    return undef;
}

sub docs {
    my ($breach) = @_;
    my ($section, $key, $other) = config_words();
    my %know = (section => $section, key => $key, other => $other,
        folders => join('|', qw(agents cmake docs experiments include models results sim tests tools)));
    $know{verb} = { map { names_in($_, qr/^    \.name = /) } glob 'experiments/cli/cmd_*.c' };
    $know{dev} = { map { /^  ([a-z]+) / ? ($1 => 1) : () } read_lines('dev') };
    for my $path (grep { /\.md$/ } project_files()) {
        (my $folder = "./$path") =~ s{/[^/]*$}{};
        my ($number, $block) = (0, '');
        my @lines = read_lines($path);
        for (@lines) {
            $number++;
            next if ($lines[$number] // '') =~ /^titrate: /; # the page shows how it is refused
            if (/^```(\w*)/) {
                $block = $block eq '' ? "block $1" : '';
                next;
            }
            my @code = $block ne '' ? ($_ =~ /^(?:\$ )?((?:titrate|\.\/dev|python3) .*)/) : /`([^`]+)`/g;
            for my $why (grep { defined } map { code_breach($_, \%know) } @code) {
                $breach->($path, $number, $why);
            }
            next if $block ne '';
            for my $link (/\]\(([^)#\s]+)/g) {
                $breach->($path, $number, "no file '$link'")
                    if $link !~ /^[a-z]+:/ && !-e "$folder/$link";
            }
        }
    }
}

sub main {
    my ($rule) = @_;
    if (($rule // '') eq '--list') {
        print "$_\n" for sort keys %RULES;
        return 0;
    }
    die "usage: lint.pl --list | " . join(' | ', sort keys %RULES) . "\n"
        if !defined $rule || !exists $RULES{$rule};
    my $n = 0;
    $RULES{$rule}->(sub { printf "%s:%d: %s\n", @_; $n++ });
    print "lint $rule: $n breaches\n";
    return $n > 0;
}

exit main(@ARGV);
