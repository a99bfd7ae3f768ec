import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import kechuang.base.clock
import kechuang.base.crypto
import kechuang.base.ids
import kechuang.base.pairs
import kechuang.engine.codes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("base", "0002_initial"),
        ("orgs", "0001_initial"),
        ("orgs", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("programme_code", models.CharField(max_length=60, verbose_name="项目")),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="orgs.org",
                        verbose_name="主办单位",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="网址名")),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="英文标题")),
                ("edition", models.PositiveSmallIntegerField(default=1, verbose_name="届次")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("summary", models.TextField(blank=True, verbose_name="简介")),
                ("approval_number", models.CharField(blank=True, max_length=120, verbose_name="批准文号")),
                ("approval_from", models.DateField(blank=True, null=True, verbose_name="批准有效期起")),
                ("approval_until", models.DateField(blank=True, null=True, verbose_name="批准有效期止")),
                ("declaration", models.JSONField(verbose_name="项目设置")),
                ("declaration_digest", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草拟中"),
                            ("published", "已发布"),
                            ("closed", "已结束"),
                            ("cancelled", "已取消"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="申报开始")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="申报截止")),
                ("indexable", models.BooleanField(default=False, verbose_name="允许搜索引擎收录成果展示")),
                ("is_demo", models.BooleanField(default=False)),
                (
                    "cloned_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="clones",
                        to="engine.call",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["published", "closed"]), _negated=True),
                            models.Q(("opens_at__isnull", False), ("published_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="call_published_has_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at__isnull", True), ("published_by__isnull", True)),
                            models.Q(("published_at__isnull", False), ("published_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="call_published_at_by_paired",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens_at__isnull", True),
                            ("closes_at__isnull", True),
                            ("opens_at__lt", models.F("closes_at")),
                            _connector="OR",
                        ),
                        name="call_opens_before_it_closes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(editable=False, max_length=16, unique=True)),
                (
                    "call",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="engine.call",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="orgs.org",
                        verbose_name="学校",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applied_for",
                        to="orgs.person",
                    ),
                ),
                (
                    "filled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                    ),
                ),
                ("state", models.CharField(default="draft", max_length=20, verbose_name="状态")),
                ("title", models.CharField(blank=True, max_length=300, verbose_name="作品名称")),
                ("title_en", models.CharField(blank=True, max_length=300, verbose_name="英文名称")),
                ("abstract", models.TextField(blank=True, verbose_name="摘要")),
                ("stage", models.CharField(blank=True, max_length=10, verbose_name="学段")),
                ("discipline", models.CharField(blank=True, max_length=40, verbose_name="学科")),
                ("division", models.CharField(blank=True, max_length=60, verbose_name="组别")),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                ("team_size", models.PositiveSmallIntegerField(default=1, verbose_name="人数")),
                (
                    "receipt_no",
                    models.CharField(blank=True, max_length=40, null=True, unique=True, verbose_name="受理号"),
                ),
                ("external_no", models.CharField(blank=True, max_length=80, verbose_name="外部编号")),
                ("client_token", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ("imported", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=kechuang.base.clock.now, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("saved_at", models.DateTimeField(blank=True, null=True)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("state_since", models.DateTimeField(default=kechuang.base.clock.now, editable=False)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        fields=["call", "division", "stage", "discipline", "state"], name="application_by_division"
                    ),
                    models.Index(fields=["org", "call", "state", "discipline"], name="application_by_org"),
                    models.Index(fields=["call", "-submitted_at"], name="engine_appl_call_id_2afa4d_idx"),
                    models.Index(fields=["call", "state", "state_since"], name="application_oldest"),
                    models.Index(fields=["call", "state_since"], name="application_waiting"),
                    models.Index(fields=["call", "title"], name="application_by_title"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "withdrawn"]),
                            models.Q(("receipt_no__isnull", False), ("submitted_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="application_submitted_has_receipt",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("external_no", ""), _negated=True),
                        fields=("call", "external_no"),
                        name="application_one_per_external_no",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "awarded",
                                    "disqualified",
                                    "draft",
                                    "endorsed",
                                    "in_defence",
                                    "in_publicity",
                                    "in_review",
                                    "incomplete",
                                    "not_awarded",
                                    "not_endorsed",
                                    "not_recommended",
                                    "recommended",
                                    "rejected",
                                    "returned",
                                    "revoked",
                                    "screened",
                                    "submitted",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="application_state_in_vocabulary",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Adviser",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="advisers", to="engine.application"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="advised", to="orgs.person"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "ordering": ["application_id", "order", "id"],
                "constraints": [models.UniqueConstraint(fields=("application", "person"), name="adviser_once")],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="engine.application"
                    ),
                ),
                ("question", models.CharField(max_length=40)),
                (
                    "stored",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.storedfile"
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("order", models.PositiveSmallIntegerField(default=1)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("words_digest", models.CharField(blank=True, max_length=64)),
                ("traces", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["application_id", "question", "order", "id"],
            },
        ),
        migrations.CreateModel(
            name="BulkAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=kechuang.base.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bulk_acts", to="engine.call"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("move", models.CharField(blank=True, max_length=40)),
                ("reason", models.TextField(blank=True)),
                ("query", models.CharField(blank=True, max_length=1000)),
                ("steps", models.JSONField(default=list)),
                ("done", models.JSONField(default=list)),
                ("refused", models.JSONField(default=list)),
                ("problems", models.JSONField(default=list)),
                ("taken", models.PositiveIntegerField(default=0)),
                (
                    "undoes",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_through",
                        to="engine.bulkact",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="base.storedfile",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="base.job",
                    ),
                ),
                ("created_at", models.DateTimeField(default=kechuang.base.clock.now)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["by", "call", "-id"], name="engine_bulk_by_id_e8860d_idx")],
            },
        ),
        migrations.CreateModel(
            name="CallTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=kechuang.base.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="所属机构",
                    ),
                ),
                ("programme_code", models.CharField(max_length=60, verbose_name="项目")),
                ("name", models.CharField(max_length=100, verbose_name="模板名称")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("declaration", models.JSONField(verbose_name="项目设置")),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("org", "name"),
                        name="call_template_one_of_a_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=kechuang.base.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                ("programme_code", models.CharField(max_length=60, verbose_name="项目")),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="抽查单位",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("share", models.FloatField(verbose_name="抽查比例")),
                ("seed", models.BigIntegerField(verbose_name="随机种子")),
                ("pool", models.JSONField(default=list)),
                ("drawn_at", models.DateTimeField()),
                (
                    "drawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Fingerprint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fingerprints",
                        to="engine.application",
                    ),
                ),
                ("edition", models.PositiveSmallIntegerField(default=0)),
                ("programme_code", models.CharField(db_index=True, max_length=60)),
                ("digest", models.CharField(max_length=64)),
                ("text", models.TextField(blank=True)),
                ("prints", models.BinaryField(default=bytes)),
                ("letters", models.PositiveIntegerField(default=0)),
                ("made_at", models.DateTimeField(default=kechuang.base.clock.now)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("application", "edition"), name="fingerprint_once")],
            },
        ),
        migrations.CreateModel(
            name="Honour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("programme_code", models.CharField(db_index=True, max_length=60, verbose_name="项目")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="honours", to="engine.call"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="编号")),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="honours",
                        to="orgs.org",
                        verbose_name="单位",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="honours",
                        to="orgs.person",
                    ),
                ),
                ("work", models.CharField(blank=True, max_length=300, verbose_name="社团或项目")),
                ("level", models.CharField(max_length=40, verbose_name="等级")),
                ("title", models.CharField(max_length=120, verbose_name="称号")),
                ("title_en", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("valid", "有效"),
                            ("failed", "年度检查不合格"),
                            ("warned", "警示中"),
                            ("rectifying", "整改中"),
                            ("expired", "已过有效期"),
                            ("unsettled", "原单位已变更，承接待定"),
                            ("revoked", "已撤销"),
                        ],
                        default="valid",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="整改期限")),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", True), models.Q(("state", "revoked"), _negated=True)),
                        fields=("programme_code", "org", "work"),
                        name="honour_one_live_per_organisation",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False), models.Q(("state", "revoked"), _negated=True)),
                        fields=("programme_code", "person"),
                        name="honour_one_live_per_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="item_scores", to="engine.application"
                    ),
                ),
                ("item", models.CharField(max_length=40)),
                ("points", models.FloatField(verbose_name="核分")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="核实情况")),
                ("scored_at", models.DateTimeField()),
                (
                    "scored_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("application", "item"), name="item_scored_once")],
            },
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="movements", to="engine.application"
                    ),
                ),
                ("move", models.CharField(max_length=40)),
                ("source", models.CharField(max_length=20)),
                ("target", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("by_label", models.CharField(max_length=120)),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="NotAName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="engine.application"
                    ),
                ),
                ("place", models.CharField(max_length=60)),
                ("word", models.CharField(max_length=120)),
                ("said_at", models.DateTimeField()),
                (
                    "said_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("application", "place", "word"), name="not_a_name_said_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Plaque",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "honour",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plaques", to="engine.honour"
                    ),
                ),
                ("serial", models.CharField(max_length=60, unique=True, verbose_name="牌匾编号")),
                ("title", models.CharField(max_length=120, verbose_name="牌匾文字")),
                (
                    "state",
                    models.CharField(
                        choices=[("made", "已制作"), ("handed", "已授牌"), ("returned", "已收回")],
                        default="made",
                        max_length=12,
                    ),
                ),
                ("made_on", models.DateField()),
                ("handed_on", models.DateField(blank=True, null=True)),
                ("receiver", models.CharField(blank=True, max_length=60, verbose_name="签收人")),
                ("returned_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handed_on__isnull", True), ("returned_on__isnull", True), ("state", "made")),
                            models.Q(("handed_on__isnull", False), ("returned_on__isnull", True), ("state", "handed")),
                            models.Q(("returned_on__isnull", False), ("state", "returned")),
                            _connector="OR",
                        ),
                        name="plaque_state_has_its_days",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PoolMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "honour",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pool_member", to="engine.honour"
                    ),
                ),
                ("programme_code", models.CharField(db_index=True, max_length=60)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pools", to="orgs.person"
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="工作单位",
                    ),
                ),
                ("post", models.CharField(blank=True, max_length=120, verbose_name="职务或职称")),
                ("years", models.PositiveSmallIntegerField(default=0, verbose_name="从业年数")),
                ("about", models.TextField(blank=True, verbose_name="能讲什么、做过什么")),
                ("is_paused", models.BooleanField(default=False, verbose_name="暂不接受邀请")),
                ("cleared_on", models.DateField(blank=True, null=True)),
                ("visits_done", models.PositiveIntegerField(default=0)),
                ("ratings", models.PositiveIntegerField(default=0)),
                ("rating_sum", models.PositiveIntegerField(default=0)),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-visits_done", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("programme_code", "person"), name="pool_member_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "rating_sum__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("ratings"), "*", models.Value(5)
                                ),
                            )
                        ),
                        name="pool_member_ratings_add_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GuestVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=kechuang.base.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                ("programme_code", models.CharField(db_index=True, max_length=60)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="engine.poolmember"
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="学校",
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="邀请事项")),
                ("topic", models.CharField(max_length=120, verbose_name="主题")),
                ("audience", models.CharField(max_length=120, verbose_name="班级或对象")),
                ("people", models.PositiveSmallIntegerField(default=0, verbose_name="预计人数")),
                ("place", models.CharField(max_length=120, verbose_name="地点")),
                ("starts_at", models.DateTimeField(verbose_name="开始时间")),
                ("minutes", models.PositiveSmallIntegerField(default=40, verbose_name="时长（分钟）")),
                ("message", models.TextField(blank=True, verbose_name="邀请的话")),
                (
                    "teacher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits_accompanied",
                        to="orgs.person",
                        verbose_name="全程陪同的教职工",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits_confirmed",
                        to="orgs.person",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "待答复"),
                            ("accepted", "已约定"),
                            ("declined", "已婉拒"),
                            ("lapsed", "到期未答复"),
                            ("cancelled", "已取消"),
                            ("done", "已到校"),
                            ("no_show", "未到校"),
                        ],
                        default="invited",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="答复")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("ended_because", models.TextField(blank=True, verbose_name="取消或未到校的原因")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("came", models.PositiveSmallIntegerField(default=0, verbose_name="实到人数")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("rating", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="评分")),
                ("rating_words", models.TextField(blank=True, verbose_name="学校的评价")),
                ("rated_at", models.DateTimeField(blank=True, null=True)),
                ("report", models.TextField(blank=True, verbose_name="工程师的反馈")),
                ("reported_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-starts_at", "-id"],
                "indexes": [
                    models.Index(fields=["org", "-starts_at"], name="guest_visit_by_school"),
                    models.Index(fields=["member", "-starts_at"], name="guest_visit_by_member"),
                    models.Index(fields=["state", "starts_at"], name="guest_visit_due"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(("confirmed_at__isnull", False), ("second__isnull", False)),
                            _connector="OR",
                        ),
                        name="guest_visit_done_was_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second__isnull", True),
                            models.Q(("second", models.F("teacher")), _negated=True),
                            _connector="OR",
                        ),
                        name="guest_visit_second_is_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["cancelled", "no_show"]), _negated=True),
                            models.Q(("ended_at__isnull", False), models.Q(("ended_because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="guest_visit_ended_at_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rating__isnull", True),
                            models.Q(("rating__gte", 1), ("rating__lte", 5), ("state", "done")),
                            _connector="OR",
                        ),
                        name="guest_visit_rating_of_one_that_took_place",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PoolTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tags", to="engine.poolmember"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fields", "专业方向"),
                            ("languages", "授课语言"),
                            ("times", "可到校时间"),
                            ("areas", "可服务区域"),
                        ],
                        max_length=12,
                    ),
                ),
                ("text", models.CharField(max_length=80)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["kind", "text"], name="pool_tag_by_word")],
                "constraints": [models.UniqueConstraint(fields=("member", "kind", "text"), name="pool_tag_once")],
            },
        ),
        migrations.CreateModel(
            name="QuotaLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="quota_lines", to="engine.call"
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org"),
                ),
                ("division", models.CharField(blank=True, max_length=60, verbose_name="组别")),
                ("places", models.PositiveIntegerField(verbose_name="名额")),
            ],
            options={
                "ordering": ["org_id", "division"],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "org", "division"), name="quota_one_line_per_division")
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=kechuang.base.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "honour",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="engine.honour"
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="engine.call"),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="审核单位",
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("number", models.PositiveSmallIntegerField(default=1, verbose_name="第几次")),
                ("covers_from", models.DateField(verbose_name="报告期起")),
                ("covers_until", models.DateField(verbose_name="报告期止")),
                ("opens_on", models.DateField(verbose_name="开放填写")),
                ("due_on", models.DateField(verbose_name="截止日期")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "待填报"),
                            ("submitted", "待审核"),
                            ("returned", "退回修改"),
                            ("accepted", "已通过"),
                            ("waived", "不再需要"),
                        ],
                        default="due",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(blank=True, null=True)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="审核意见")),
            ],
            options={
                "ordering": ["due_on", "id"],
                "indexes": [models.Index(fields=["office", "state", "due_on"], name="report_of_office")],
                "constraints": [
                    models.UniqueConstraint(fields=("honour", "code", "covers_from"), name="report_once_in_a_period"),
                    models.CheckConstraint(
                        condition=models.Q(("covers_from__lte", models.F("covers_until"))),
                        name="report_period_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["submitted", "accepted", "returned"]), _negated=True),
                            ("submitted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="report_handed_in_has_submitted_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["accepted", "returned"]), _negated=True),
                            ("decided_at__isnull", False),
                            _connector="OR",
                        ),
                        name="report_decided_has_decided_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="engine.report"
                    ),
                ),
                ("question", models.CharField(max_length=40)),
                (
                    "stored",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.storedfile"
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("order", models.PositiveSmallIntegerField(default=1)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["report_id", "question", "order", "id"],
                "constraints": [models.UniqueConstraint(fields=("report", "stored"), name="report_file_once")],
            },
        ),
        migrations.CreateModel(
            name="ReportStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="engine.report"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "待填报"),
                            ("submitted", "待审核"),
                            ("returned", "退回修改"),
                            ("accepted", "已通过"),
                            ("waived", "不再需要"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Reviewer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviewer", to="orgs.person"
                    ),
                ),
                ("fields", models.JSONField(default=list, verbose_name="专业领域")),
                ("stages", models.JSONField(default=list, verbose_name="学段")),
                ("employer_name", models.CharField(blank=True, max_length=200, verbose_name="工作单位")),
                ("title", models.CharField(blank=True, max_length=80, verbose_name="职称")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("teaching_adviser", "教研员"),
                            ("teacher", "学校教师"),
                            ("scientist", "高校和科研人员"),
                            ("engineer", "企业工程师"),
                        ],
                        max_length=20,
                        verbose_name="专家类别",
                    ),
                ),
                ("max_load", models.PositiveSmallIntegerField(default=40, verbose_name="最大评审量")),
                ("is_active", models.BooleanField(default=True, verbose_name="在库")),
                ("joined_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Affiliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="affiliations", to="engine.reviewer"
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("employer", "任职"), ("sponsor", "资助或培训"), ("course", "共同开发课程")],
                        default="employer",
                        max_length=20,
                    ),
                ),
                ("since", models.DateField(blank=True, null=True)),
                ("until", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Conflict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="conflicts", to="engine.call"
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="conflicts", to="engine.reviewer"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="conflicts", to="engine.application"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("same_school", "同一学校"),
                            ("same_group", "同一教育集团"),
                            ("same_district", "同一区"),
                            ("past_school", "三年内曾任职学校"),
                            ("adviser", "指导教师"),
                            ("co_adviser", "共同指导教师"),
                            ("relative", "亲属"),
                            ("sponsor", "资助或培训单位"),
                            ("co_course", "共同开发课程"),
                            ("declared", "专家申报"),
                            ("self", "本人"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=400)),
                ("evidence", models.JSONField(blank=True, default=dict)),
                ("pinned", models.BooleanField(default=False)),
                ("found_at", models.DateTimeField()),
                (
                    "declared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "reviewer", "application", "kind"), name="conflict_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rounds", to="engine.call"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("code", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "待启动"), ("open", "评审中"), ("closed", "已结束")],
                        default="planned",
                        max_length=20,
                    ),
                ),
                ("opens_at", models.DateTimeField(blank=True, null=True)),
                ("closes_at", models.DateTimeField(blank=True, null=True)),
                ("seed", models.BigIntegerField(default=0)),
                ("assignment_record", models.JSONField(blank=True, default=dict)),
                ("timetable_record", models.JSONField(blank=True, default=dict)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closing_note", models.TextField(blank=True, verbose_name="提前结束的理由")),
                ("summary", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["call_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "number"), name="round_number_once"),
                    models.UniqueConstraint(fields=("call", "code"), name="round_code_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Panel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="panels", to="engine.reviewround"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="专家组")),
                ("room", models.CharField(max_length=120, verbose_name="地点")),
                ("disciplines", models.JSONField(blank=True, default=list)),
                ("away", models.JSONField(blank=True, default=list, verbose_name="不能开会的时段")),
                ("reviewers", models.ManyToManyField(blank=True, related_name="panels", to="engine.reviewer")),
            ],
            options={
                "ordering": ["round_id", "id"],
                "constraints": [models.UniqueConstraint(fields=("round", "name"), name="panel_name_once")],
            },
        ),
        migrations.CreateModel(
            name="RankingRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rankings", to="engine.reviewround"
                    ),
                ),
                ("method", models.CharField(max_length=20)),
                ("seed", models.BigIntegerField(default=0)),
                ("inputs", models.JSONField()),
                ("inputs_digest", models.CharField(max_length=64)),
                ("outputs", models.JSONField()),
                ("outputs_digest", models.CharField(max_length=64)),
                ("sensitivity", models.JSONField(blank=True, default=dict)),
                ("rule_version", models.CharField(max_length=40)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="engine.call"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="engine.reviewround"
                    ),
                ),
                (
                    "ranking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="engine.rankingrecord"
                    ),
                ),
                ("kind", models.CharField(choices=[("shortlist", "入围"), ("award", "授奖")], max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[("proposal", "拟定"), ("final", "已确定"), ("superseded", "已被替代")],
                        default="proposal",
                        max_length=20,
                    ),
                ),
                ("terms", models.JSONField(default=dict)),
                ("lines_digest", models.CharField(blank=True, max_length=64)),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="engine.decision",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="说明")),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "proposal")),
                            models.Q(models.Q(("state", "proposal"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="decision_final_has_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "final")),
                        fields=("round", "kind"),
                        name="decision_one_final_per_round_and_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Award",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="awards", to="engine.call"
                    ),
                ),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="award", to="engine.application"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="engine.decision",
                    ),
                ),
                ("prize", models.CharField(max_length=40)),
                ("prize_name", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[("valid", "有效"), ("revoked", "已撤销")], default="valid", max_length=20
                    ),
                ),
                ("awarded_at", models.DateTimeField()),
                (
                    "awarded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("revocation_reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at__isnull", True), ("state", "valid")),
                            models.Q(("revoked_at__isnull", False), ("state", "revoked")),
                            _connector="OR",
                        ),
                        name="award_revoked_has_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("search_title", models.TextField(blank=True)),
                ("search_text", models.TextField(blank=True)),
                ("search_pairs", models.TextField(blank=True)),
                ("slug", models.CharField(max_length=16, unique=True)),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="case", to="engine.application"
                    ),
                ),
                (
                    "award",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="case", to="engine.award"
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="名称")),
                ("title_en", models.CharField(blank=True, max_length=300, verbose_name="英文名称")),
                ("summary", models.TextField(blank=True, verbose_name="简介")),
                ("school", models.CharField(max_length=120, verbose_name="学校")),
                ("authors", models.CharField(max_length=200, verbose_name="作者")),
                ("stage", models.CharField(blank=True, max_length=10)),
                ("theme", models.CharField(max_length=40)),
                ("theme_name", models.CharField(max_length=80)),
                ("licence", models.CharField(max_length=20)),
                ("year", models.PositiveSmallIntegerField()),
                ("prize_name", models.CharField(max_length=80)),
                (
                    "cover",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="base.storedfile",
                    ),
                ),
                ("published_at", models.DateTimeField(default=kechuang.base.clock.now)),
                ("hidden_at", models.DateTimeField(blank=True, null=True)),
                ("hidden_reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["-year", "id"],
                "abstract": False,
                "indexes": [
                    kechuang.base.pairs.PairIndex(fields=["search_pairs"], name="case_search_pairs"),
                    models.Index(
                        condition=models.Q(("hidden_at__isnull", True)), fields=["-published_at"], name="case_public"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Adoption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="adoptions", to="engine.case"
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="学校",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.person"),
                ),
                ("class_name", models.CharField(max_length=60, verbose_name="班级")),
                ("begins_on", models.DateField(verbose_name="开课日期")),
                ("adopted_at", models.DateTimeField(default=kechuang.base.clock.now)),
                ("story", models.TextField(blank=True, verbose_name="上得怎么样")),
                ("told_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-begins_on", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "person", "class_name"), name="case_adopted_once_per_class")
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tags", to="engine.case"
                    ),
                ),
                ("kind", models.CharField(choices=[("grade", "年级"), ("subject", "学科")], max_length=10)),
                ("value", models.CharField(max_length=40)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["kind", "value"], name="case_tag_value")],
                "constraints": [models.UniqueConstraint(fields=("case", "kind", "value"), name="case_tag_once")],
            },
        ),
        migrations.CreateModel(
            name="CaseVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="engine.case"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("news", models.CharField(blank=True, max_length=300, verbose_name="这一版改了什么")),
                ("content", models.JSONField(default=list)),
                ("published_at", models.DateTimeField(default=kechuang.base.clock.now)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["case_id", "-number"],
                "constraints": [models.UniqueConstraint(fields=("case", "number"), name="case_version_once")],
            },
        ),
        migrations.CreateModel(
            name="CaseFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="engine.caseversion"
                    ),
                ),
                (
                    "stored",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.storedfile"
                    ),
                ),
                ("label", models.CharField(max_length=120)),
                ("is_picture", models.BooleanField(default=False)),
                ("order", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "ordering": ["version_id", "order", "id"],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to="engine.award"
                    ),
                ),
                (
                    "holder_kind",
                    models.CharField(
                        choices=[("team", "参赛者"), ("adviser", "指导教师")], default="team", max_length=20
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="orgs.person",
                    ),
                ),
                ("number", models.CharField(max_length=60, unique=True, verbose_name="证书编号")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="核验码")),
                ("words", models.JSONField(default=dict)),
                ("words_digest", models.CharField(max_length=64)),
                (
                    "stored",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="base.storedfile",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "制作中"),
                            ("issued", "有效"),
                            ("corrected", "已更正"),
                            ("revoked", "已撤销"),
                        ],
                        default="pending",
                        max_length=20,
                    ),
                ),
                ("issued_on", models.DateField()),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="engine.certificate",
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                ("state_changed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "pending")), fields=["award"], name="certificate_pending")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["pending", "issued"])),
                        fields=("award", "holder_kind", "person"),
                        name="certificate_one_live_per_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", True), ("state__in", ["pending", "issued"])),
                        fields=("award", "holder_kind"),
                        name="certificate_one_live_per_team",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "issued"), _negated=True), ("stored__isnull", False), _connector="OR"
                        ),
                        name="certificate_issued_has_file",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Collection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="collection", to="orgs.person"
                    ),
                ),
                ("code", models.CharField(default=kechuang.engine.codes.new_code, max_length=40, unique=True)),
                ("is_open", models.BooleanField(default=False)),
                ("certificates", models.ManyToManyField(blank=True, related_name="+", to="engine.certificate")),
            ],
        ),
        migrations.CreateModel(
            name="DecisionLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="engine.decision"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision_lines",
                        to="engine.application",
                    ),
                ),
                ("division", models.CharField(max_length=60)),
                ("rank", models.PositiveIntegerField(null=True)),
                ("estimate", models.FloatField(null=True)),
                ("error", models.FloatField(null=True)),
                ("prize", models.CharField(blank=True, max_length=40)),
                ("is_chosen", models.BooleanField(default=False)),
                ("parts", models.JSONField(blank=True, default=dict, verbose_name="各轮得分")),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["decision_id", "division", "rank"],
                "constraints": [models.UniqueConstraint(fields=("decision", "application"), name="decision_line_once")],
            },
        ),
        migrations.CreateModel(
            name="HonourEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "honour",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="engine.honour"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("granted", "授予"),
                            ("check_passed", "年度检查合格"),
                            ("check_failed", "年度检查不合格"),
                            ("warned", "警示"),
                            ("rectify", "限期整改"),
                            ("rectified", "整改验收通过"),
                            ("downgraded", "降级"),
                            ("promoted", "晋级"),
                            ("renewed", "复评延续"),
                            ("passed_on", "随学校变更承接"),
                            ("revoked", "撤销"),
                        ],
                        max_length=20,
                    ),
                ),
                ("on", models.DateField(verbose_name="生效日期")),
                ("level", models.CharField(blank=True, max_length=40)),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                    ),
                ),
                (
                    "award",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="honour_events",
                        to="engine.award",
                    ),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="整改期限")),
                ("reason", models.TextField(blank=True, verbose_name="依据和理由")),
                ("document", models.CharField(blank=True, max_length=120, verbose_name="文号")),
                ("recorded_at", models.DateTimeField()),
                (
                    "recorder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "rectify"), _negated=True), ("due_on__isnull", False), _connector="OR"
                        ),
                        name="honour_rectification_has_deadline",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "passed_on"), _negated=True), ("holder__isnull", False), _connector="OR"
                        ),
                        name="honour_passed_on_to_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="公示编号")),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="engine.decision"
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="engine.publicnotice",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("body", models.TextField(blank=True, verbose_name="正文")),
                ("contact", models.TextField(blank=True, verbose_name="异议受理方式")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草拟中"),
                            ("open", "公示中"),
                            ("closed", "公示期满"),
                            ("superseded", "已更新"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="公示开始")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="公示结束")),
                ("working_days", models.PositiveSmallIntegerField(default=5, verbose_name="公示工作日")),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"),
                            models.Q(
                                ("ends_on__isnull", False),
                                ("published_at__isnull", False),
                                ("starts_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="notice_published_has_dates",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="engine.publicnotice"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice_lines",
                        to="engine.application",
                    ),
                ),
                ("order", models.PositiveIntegerField()),
                ("division", models.CharField(max_length=60)),
                ("prize", models.CharField(max_length=40)),
                ("prize_name", models.CharField(max_length=80)),
                ("title", models.CharField(max_length=300)),
                ("school", models.CharField(max_length=120)),
                ("names", models.CharField(blank=True, max_length=200)),
                ("is_struck", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["notice_id", "order"],
                "constraints": [models.UniqueConstraint(fields=("notice", "application"), name="notice_line_once")],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="受理号")),
                ("follow_code", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(blank=True, max_length=300, verbose_name="涉及作品")),
                ("client_token", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="engine.publicnotice"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="engine.application",
                    ),
                ),
                ("name", kechuang.base.crypto.EncryptedCharField(verbose_name="姓名")),
                ("document_no", kechuang.base.crypto.EncryptedCharField(blank=True, verbose_name="证件号码")),
                ("unit", kechuang.base.crypto.EncryptedCharField(blank=True, verbose_name="单位")),
                ("phone", kechuang.base.crypto.EncryptedCharField(verbose_name="联系电话")),
                ("email", kechuang.base.crypto.EncryptedCharField(blank=True, verbose_name="电子邮箱")),
                ("statement", models.TextField(verbose_name="异议内容与依据")),
                ("signed_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "已收到"),
                            ("in_handling", "核查中"),
                            ("upheld", "异议成立"),
                            ("dismissed", "异议不成立"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="received",
                        max_length=20,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("due_on", models.DateField(verbose_name="答复期限")),
                (
                    "handler",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ObjectionEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="evidence", to="engine.objection"
                    ),
                ),
                (
                    "stored",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.storedfile"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ratings", to="engine.case"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.person"),
                ),
                (
                    "stars",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ]
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="评语")),
                ("rated_at", models.DateTimeField(default=kechuang.base.clock.now)),
            ],
            options={
                "ordering": ["-rated_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "person"), name="case_rated_once_per_teacher"),
                    models.CheckConstraint(
                        condition=models.Q(("stars__gte", 1), ("stars__lte", 5)), name="case_rating_one_to_five"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reconsideration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "objection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reconsideration",
                        to="engine.objection",
                    ),
                ),
                ("finding", models.TextField(verbose_name="复核意见")),
                (
                    "effect",
                    models.CharField(
                        choices=[("keep", "维持原结果"), ("change_prize", "调整奖项"), ("strike", "取消获奖资格")],
                        max_length=20,
                    ),
                ),
                ("new_prize", models.CharField(blank=True, max_length=40)),
                ("letter", models.TextField(verbose_name="答复函")),
                (
                    "amended",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="engine.decision",
                    ),
                ),
                ("decided_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoundEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="engine.reviewround"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="round_entries",
                        to="engine.application",
                    ),
                ),
                ("alias", models.CharField(max_length=20, verbose_name="评审编号")),
            ],
            options={
                "ordering": ["round_id", "alias"],
                "constraints": [
                    models.UniqueConstraint(fields=("round", "application"), name="round_entry_once"),
                    models.UniqueConstraint(fields=("round", "alias"), name="round_alias_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="engine.reviewround"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="engine.roundentry"
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="engine.reviewer"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("assigned", "待评"),
                            ("draft", "已存草稿"),
                            ("submitted", "已提交"),
                            ("recused", "已回避"),
                            ("void", "已撤销"),
                        ],
                        default="assigned",
                        max_length=20,
                    ),
                ),
                ("is_extra", models.BooleanField(default=False, verbose_name="增评")),
                ("is_sample", models.BooleanField(default=False, verbose_name="试评")),
                ("assigned_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("recusal_reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["reviewer", "state"], name="engine_assi_reviewe_26f7a1_idx"),
                    models.Index(fields=["round", "state"], name="engine_assi_round_i_c1edd9_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "reviewer"), name="assignment_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "submitted"), ("submitted_at__isnull", False)),
                            models.Q(models.Q(("state", "submitted"), _negated=True), ("submitted_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="assignment_submitted_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DefenceSlot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "panel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slots", to="engine.panel"
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slot", to="engine.roundentry"
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="实际开始")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="实际结束")),
                ("delay_minutes", models.PositiveSmallIntegerField(default=0, verbose_name="推迟分钟数")),
            ],
            options={
                "ordering": ["starts_at", "panel_id"],
                "constraints": [
                    models.UniqueConstraint(fields=("panel", "starts_at"), name="slot_one_entry_per_panel_and_time"),
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("ends_at"))), name="slot_starts_before_it_ends"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at__isnull", True), ("started_at__isnull", False), _connector="OR"
                        ),
                        name="slot_finished_was_started",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExamMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mark", to="engine.roundentry"
                    ),
                ),
                (
                    "points",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="成绩"),
                ),
                ("is_absent", models.BooleanField(default=False, verbose_name="缺考")),
                ("entered_at", models.DateTimeField()),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_absent", True), ("points__isnull", True)),
                            models.Q(("is_absent", False), ("points__gte", 0)),
                            _connector="OR",
                        ),
                        name="exam_mark_points_or_absent",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RoundReviewer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="round_reviewers",
                        to="engine.reviewround",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="round_reviewers",
                        to="engine.reviewer",
                    ),
                ),
                ("load_max", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("declared_at", models.DateTimeField(blank=True, null=True, verbose_name="回避申报时间")),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("is_chair", models.BooleanField(default=False, verbose_name="评委会主任")),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("round", "reviewer"), name="round_reviewer_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_chair", True)), fields=("round",), name="round_one_chair"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "assignment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="score", to="engine.assignment"
                    ),
                ),
                ("marks", models.JSONField(default=dict)),
                ("gates", models.JSONField(default=dict)),
                ("total", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("comment", models.TextField(blank=True, verbose_name="评审意见")),
                ("feedback", models.TextField(blank=True, verbose_name="给学生的反馈")),
                ("version", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField()),
                ("sender", models.CharField(blank=True, max_length=40)),
                ("sender_number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("total__isnull", True), models.Q(("total__gte", 0), ("total__lte", 100)), _connector="OR"
                        ),
                        name="score_total_in_range",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SealPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=kechuang.base.ids.new_file_id, editable=False, max_length=32, unique=True),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="所属机构",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("seal", "印章"), ("signature", "签名")], max_length=12, verbose_name="类型"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="单位或姓名")),
                ("post", models.CharField(blank=True, max_length=30, verbose_name="职务")),
                ("png", kechuang.base.crypto.EncryptedCharField()),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待批准"), ("approved", "可以使用"), ("ended", "已停用")],
                        default="waiting",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("registered_at", models.DateTimeField()),
                (
                    "registered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("end_reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["kind", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "approved"), _negated=True),
                            ("approved_at__isnull", False),
                            _connector="OR",
                        ),
                        name="seal_picture_approved_has_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Shelf",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.CharField(max_length=16, unique=True)),
                (
                    "org",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org"),
                ),
                ("title", models.CharField(max_length=80, verbose_name="专题名称")),
                ("title_en", models.CharField(blank=True, max_length=160, verbose_name="英文名称")),
                ("words", models.TextField(blank=True, verbose_name="导语")),
                ("theme", models.CharField(blank=True, max_length=40, verbose_name="主题")),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="年度")),
                ("is_public", models.BooleanField(default=False, verbose_name="已公开")),
                ("front_order", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="首页次序")),
                ("front_until", models.DateField(blank=True, null=True, verbose_name="在首页到哪一天")),
                ("created_at", models.DateTimeField(default=kechuang.base.clock.now, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("front_until__isnull", True), ("front_order__isnull", False), _connector="OR"
                        ),
                        name="shelf_until_only_on_front",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignedPledge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pledges", to="engine.application"
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("text_digest", models.CharField(max_length=64)),
                ("detail", models.TextField(blank=True)),
                ("signed_at", models.DateTimeField()),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("application", "code"), name="pledge_signed_once")],
            },
        ),
        migrations.CreateModel(
            name="SimilarityReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="similarity", to="engine.application"
                    ),
                ),
                ("share", models.FloatField(default=0, verbose_name="重合比例")),
                ("found", models.JSONField(default=list)),
                ("compared", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(default=kechuang.base.clock.now)),
            ],
            options={
                "ordering": ["-share", "application_id"],
                "indexes": [models.Index(fields=["-share"], name="similarity_share")],
            },
        ),
        migrations.CreateModel(
            name="SpotCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="engine.draw"
                    ),
                ),
                (
                    "honour",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="spot_checks", to="engine.honour"
                    ),
                ),
                ("checklist", models.JSONField(default=list)),
                ("visited_on", models.DateField(blank=True, null=True, verbose_name="检查日期")),
                ("found", models.JSONField(blank=True, default=dict)),
                ("remark", models.TextField(blank=True, verbose_name="检查情况")),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[("good", "符合要求"), ("minor", "有小问题，已当场指出"), ("bad", "不符合要求")],
                        max_length=12,
                        verbose_name="结论",
                    ),
                ),
                ("recorded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["draw_id", "honour__number"],
                "constraints": [
                    models.UniqueConstraint(fields=("draw", "honour"), name="spot_check_once_in_a_draw"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("recorded_at__isnull", True), ("result", "")),
                            models.Q(
                                models.Q(("result", ""), _negated=True),
                                ("recorded_at__isnull", False),
                                ("visited_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="spot_check_with_a_result_has_recorded_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stops", to="orgs.person"
                    ),
                ),
                ("reason", models.TextField(verbose_name="理由")),
                ("stopped_at", models.DateTimeField()),
                (
                    "stopped_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("lift_reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)), fields=("person",), name="stop_one_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lift_reason", ""), ("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            ("lifted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="stop_lifted_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StudioMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=kechuang.base.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "honour",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="engine.honour"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="studios", to="orgs.person"
                    ),
                ),
                ("task", models.CharField(blank=True, max_length=200, verbose_name="分工")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "待本人答复"),
                            ("joined", "成员"),
                            ("declined", "未加入"),
                            ("left", "已离开"),
                        ],
                        default="invited",
                        max_length=12,
                    ),
                ),
                ("invited_at", models.DateTimeField()),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="离开日期")),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["invited", "joined"])),
                        fields=("honour", "person"),
                        name="studio_member_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("left_on__isnull", False), ("state", "left")),
                            models.Q(models.Q(("state", "left"), _negated=True), ("left_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="studio_member_left_has_its_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TalentEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="talent_entries", to="orgs.person"
                    ),
                ),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="talent_entries", to="engine.award"
                    ),
                ),
                ("programme_code", models.CharField(db_index=True, max_length=60)),
                ("on", models.DateField(verbose_name="日期")),
                ("what", models.CharField(max_length=300, verbose_name="内容")),
                ("school_name", models.CharField(max_length=120, verbose_name="当时的学校")),
                ("grade", models.PositiveSmallIntegerField(verbose_name="当时的年级")),
                ("created_at", models.DateTimeField()),
                ("hidden_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-on", "-id"],
                "constraints": [models.UniqueConstraint(fields=("pupil", "award"), name="talent_entry_once_per_award")],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tallies", to="engine.call"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orgs.org"),
                ),
                (
                    "school",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orgs.org"
                    ),
                ),
                ("division", models.CharField(blank=True, max_length=60)),
                ("state", models.CharField(max_length=20)),
                ("n", models.IntegerField()),
                ("is_folded", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["call", "unit", "school"], name="tally_place"),
                    models.Index(condition=models.Q(("is_folded", False)), fields=["call"], name="tally_loose"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="engine.application"
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="engine.call"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="team_memberships", to="orgs.person"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org"),
                ),
                ("grade", models.PositiveSmallIntegerField(verbose_name="年级")),
                ("share", models.CharField(blank=True, max_length=400, verbose_name="本人承担的工作")),
                ("order", models.PositiveSmallIntegerField(default=1)),
                ("is_live", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["application_id", "order", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("application", "person"), name="team_member_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_live", True)),
                        fields=("call", "person"),
                        name="team_member_one_live_entry",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Vetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="vettings", to="orgs.person"
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[("clear", "未查到限制从业记录"), ("barred", "不得准入")],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("checked_on", models.DateField(verbose_name="查询日期")),
                (
                    "checker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["checked_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visit", to="engine.roundentry"
                    ),
                ),
                ("visited_on", models.DateField(verbose_name="考察日期")),
                ("found", models.JSONField(default=dict)),
                ("remark", models.TextField(blank=True, verbose_name="考察意见")),
                ("host_remark", models.TextField(blank=True, verbose_name="被考察单位意见")),
                ("panel_signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "panel_signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("host_signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "host_signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("panel_signed_at__isnull", True), ("panel_signed_by__isnull", True)),
                            models.Q(("panel_signed_at__isnull", False), ("panel_signed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="visit_panel_signed_at_and_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("host_signed_at__isnull", True), ("host_signed_by__isnull", True)),
                            models.Q(
                                ("host_signed_at__isnull", False),
                                ("host_signed_by__isnull", False),
                                ("panel_signed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="visit_host_signs_after_the_panel",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="photos", to="engine.visit"
                    ),
                ),
                (
                    "stored",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.storedfile"
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=200, verbose_name="说明")),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Work",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("search_title", models.TextField(blank=True)),
                ("search_text", models.TextField(blank=True)),
                ("search_pairs", models.TextField(blank=True)),
                ("slug", models.CharField(max_length=16, unique=True)),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="work", to="engine.application"
                    ),
                ),
                (
                    "award",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="work", to="engine.award"
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="名称")),
                ("title_en", models.CharField(blank=True, max_length=300, verbose_name="英文名称")),
                ("summary", models.TextField(blank=True, verbose_name="简介")),
                ("school", models.CharField(max_length=120, verbose_name="学校")),
                ("names", models.CharField(blank=True, max_length=200, verbose_name="作者")),
                ("stage", models.CharField(max_length=10)),
                ("discipline", models.CharField(max_length=40)),
                ("discipline_name", models.CharField(max_length=80)),
                ("year", models.PositiveSmallIntegerField()),
                ("prize_name", models.CharField(max_length=80)),
                (
                    "cover",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="base.storedfile",
                    ),
                ),
                ("is_featured", models.BooleanField(default=False)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("hidden_at", models.DateTimeField(blank=True, null=True)),
                ("hidden_reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["-is_featured", "-year", "id"],
                "abstract": False,
                "indexes": [
                    kechuang.base.pairs.PairIndex(fields=["search_pairs"], name="work_search_pairs"),
                    models.Index(
                        condition=models.Q(("hidden_at__isnull", True)), fields=["published_at"], name="work_public"
                    ),
                    models.Index(
                        condition=models.Q(("hidden_at__isnull", True), ("published_at__isnull", False)),
                        fields=["discipline", "stage", "-is_featured", "-year", "id"],
                        name="work_kindred",
                    ),
                    models.Index(
                        condition=models.Q(("hidden_at__isnull", True), ("published_at__isnull", False)),
                        fields=["-is_featured", "-year", "id"],
                        name="work_best_first",
                    ),
                    models.Index(
                        condition=models.Q(("hidden_at__isnull", True), ("published_at__isnull", False)),
                        fields=["-year", "-published_at", "id"],
                        name="work_newest_first",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShelfItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shelf",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="engine.shelf"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1)),
                (
                    "work",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="engine.work",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="engine.case",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orgs.org",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="推荐语")),
            ],
            options={
                "ordering": ["shelf_id", "order", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("case__isnull", True), ("school__isnull", True), ("work__isnull", False)),
                            models.Q(("case__isnull", False), ("school__isnull", True), ("work__isnull", True)),
                            models.Q(("case__isnull", True), ("school__isnull", False), ("work__isnull", True)),
                            _connector="OR",
                        ),
                        name="shelf_item_is_one_thing",
                    ),
                    models.UniqueConstraint(fields=("shelf", "work"), name="shelf_holds_a_work_once"),
                    models.UniqueConstraint(fields=("shelf", "case"), name="shelf_holds_a_case_once"),
                    models.UniqueConstraint(fields=("shelf", "school"), name="shelf_holds_a_school_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkMedia",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "work",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="media", to="engine.work"
                    ),
                ),
                (
                    "stored",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.storedfile"
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=200)),
                ("order", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "ordering": ["work_id", "order", "id"],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=60, unique=True, verbose_name="协议编号")),
                (
                    "honour",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="engine.honour"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="orgs.org",
                        verbose_name="合作单位",
                    ),
                ),
                ("since", models.DateField(verbose_name="起始日期")),
                ("until", models.DateField(verbose_name="终止日期")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="提前终止日期")),
                ("end_reason", models.TextField(blank=True, verbose_name="提前终止的原因")),
            ],
            options={
                "ordering": ["since", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("since__lte", models.F("until"))), name="agreement_begins_before_it_ends"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on__isnull", True), models.Q(("end_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="agreement_ended_early_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Partnership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=kechuang.base.ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="partnerships",
                        to="engine.application",
                        verbose_name="申报",
                    ),
                ),
                (
                    "renews",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewals",
                        to="engine.agreement",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="申报单位",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="合作单位",
                    ),
                ),
                ("years", models.PositiveSmallIntegerField(verbose_name="合作年限")),
                ("purpose", models.TextField(verbose_name="合作内容")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待合作单位确认"),
                            ("confirmed", "合作单位已确认"),
                            ("declined", "合作单位未同意"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="asked",
                        max_length=12,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="说明")),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("application__isnull", False), ("state__in", ("asked", "confirmed"))),
                        fields=("application",),
                        name="partnership_one_live_per_application",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("renews__isnull", False), ("state__in", ("asked", "confirmed"))),
                        fields=("renews",),
                        name="partnership_one_live_per_agreement",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("application__isnull", False), ("renews__isnull", True)),
                            models.Q(("application__isnull", True), ("renews__isnull", False)),
                            _connector="OR",
                        ),
                        name="partnership_for_an_application_or_an_agreement",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("state", "asked")),
                            models.Q(models.Q(("state", "asked"), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="partnership_answered_has_answered_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("holder", models.F("partner")), _negated=True), name="partnership_of_two"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="Agreement",
            name="partnership",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="agreement", to="engine.partnership"
            ),
        ),
    ]
