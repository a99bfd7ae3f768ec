import django.db.models.deletion
import django.db.models.functions.text
import kechuang.base.clock
import kechuang.base.crypto
import kechuang.base.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("base", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30, verbose_name="数据种类")),
                ("about", models.CharField(blank=True, max_length=80, verbose_name="归属")),
                ("scope_path", models.CharField(blank=True, max_length=255)),
                ("n", models.PositiveIntegerField(verbose_name="数量")),
                ("at", models.DateTimeField(default=kechuang.base.clock.now, verbose_name="时间")),
            ],
            options={
                "verbose_name": "保留的统计数",
                "verbose_name_plural": "保留的统计数",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Org",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("city", "市级教育行政部门"),
                            ("district", "区级教育行政部门"),
                            ("school", "学校"),
                            ("campus", "校区"),
                            ("group", "教育集团"),
                            ("partner", "合作单位"),
                            ("delegation", "代表团"),
                        ],
                        max_length=16,
                        verbose_name="机构类型",
                    ),
                ),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="平台代码")),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="英文名称")),
                ("short_name", models.CharField(blank=True, max_length=40, verbose_name="简称")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="orgs.org",
                    ),
                ),
                ("path", models.CharField(editable=False, max_length=255, unique=True)),
                ("is_line", models.BooleanField(default=False, verbose_name="市直属学校条线")),
                ("gb2260", models.CharField(blank=True, max_length=6, verbose_name="行政区划代码")),
                ("school_code", models.CharField(blank=True, max_length=10, verbose_name="学校标识码")),
                ("uscc", models.CharField(blank=True, max_length=18, verbose_name="统一社会信用代码")),
                (
                    "school_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("primary", "小学"),
                            ("junior", "初级中学"),
                            ("nine_year", "九年一贯制学校"),
                            ("complete", "完全中学"),
                            ("senior", "高级中学"),
                            ("twelve_year", "十二年一贯制学校"),
                            ("vocational", "中等职业学校"),
                            ("special", "特殊教育学校"),
                            ("correctional", "专门学校"),
                        ],
                        max_length=16,
                        verbose_name="学校类型",
                    ),
                ),
                ("stages", models.JSONField(blank=True, default=list, verbose_name="学段")),
                (
                    "ownership",
                    models.CharField(
                        blank=True,
                        choices=[("public", "公办"), ("private", "民办")],
                        max_length=8,
                        verbose_name="办学性质",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="orgs.org",
                    ),
                ),
                (
                    "partner_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("enterprise", "企业"),
                            ("university", "高等院校"),
                            ("institute", "科研院所"),
                            ("museum", "科技场馆"),
                            ("youth_centre", "青少年活动中心"),
                            ("association", "学会协会"),
                        ],
                        max_length=16,
                        verbose_name="合作单位类型",
                    ),
                ),
                ("opened_on", models.DateField(blank=True, null=True, verbose_name="设立日期")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="撤销日期")),
                ("is_demo", models.BooleanField(default=False, verbose_name="演示数据")),
            ],
            options={
                "verbose_name": "机构",
                "verbose_name_plural": "机构",
                "ordering": ["path"],
                "indexes": [models.Index(fields=["name"], name="org_name")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("path__startswith", "/"), ("path__endswith", "/")),
                        name="org_path_between_slashes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "city"), ("parent__isnull", True)),
                            models.Q(models.Q(("kind", "city"), _negated=True), ("parent__isnull", False)),
                            _connector="OR",
                        ),
                        name="org_only_a_city_is_a_root",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_line", False), ("kind", "district"), _connector="OR"),
                        name="org_line_is_a_district",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "partner"), models.Q(("partner_kind", ""), _negated=True)),
                            models.Q(models.Q(("kind", "partner"), _negated=True), ("partner_kind", "")),
                            _connector="OR",
                        ),
                        name="org_partner_kind_iff_partner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "school"), _negated=True),
                            models.Q(("school_kind", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="org_school_has_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on__isnull", True),
                            ("opened_on__isnull", True),
                            ("closed_on__gte", models.F("opened_on")),
                            _connector="OR",
                        ),
                        name="org_closed_after_opened",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("school_code", ""), _negated=True),
                        fields=("school_code",),
                        name="org_one_per_school_code",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=("parent", "name"),
                        name="org_one_live_name_per_parent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RosterImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("pupils", "学生名册"), ("teachers", "教师名册"), ("schools", "学校名册")],
                        max_length=10,
                        verbose_name="名册",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="roster_imports", to="orgs.org"
                    ),
                ),
                ("file_name", models.CharField(max_length=255, verbose_name="文件名")),
                ("digest", models.CharField(max_length=64)),
                ("through", models.PositiveIntegerField(default=0, verbose_name="已处理到的行")),
                ("rows_in", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("added", models.PositiveIntegerField(default=0, verbose_name="新增")),
                ("updated", models.PositiveIntegerField(default=0, verbose_name="更新")),
                ("refused", models.PositiveIntegerField(default=0, verbose_name="退回")),
                ("started_at", models.DateTimeField(default=kechuang.base.clock.now, verbose_name="开始时间")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
            ],
            options={
                "verbose_name": "名册批量导入",
                "verbose_name_plural": "名册批量导入",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=("kind", "org", "digest"),
                        name="rosterimport_one_running_per_file",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="batches", to="orgs.rosterimport"
                    ),
                ),
                ("added", models.JSONField(default=list)),
                ("sealed", kechuang.base.crypto.EncryptedCharField(blank=True)),
                ("kept", kechuang.base.crypto.EncryptedCharField(blank=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "导入的一批",
                "verbose_name_plural": "导入的各批",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="RefusedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refused_rows", to="orgs.rosterimport"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="行号")),
                ("sealed", kechuang.base.crypto.EncryptedCharField()),
                ("reason", models.TextField(verbose_name="原因")),
            ],
            options={
                "verbose_name": "退回的行",
                "verbose_name_plural": "退回的行",
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("of", "number"), name="refusedrow_one_per_number")],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("username", models.CharField(max_length=64, unique=True, verbose_name="登录名")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="电子邮箱")),
                ("language", models.CharField(default="zh-hans", max_length=8, verbose_name="语言")),
                ("large_print", models.BooleanField(default=False, verbose_name="大字版")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("has_pin", models.BooleanField(default=False, verbose_name="使用学校发放的数字口令")),
                ("has_pictures", models.BooleanField(default=False, verbose_name="使用图片口令")),
                ("must_change_password", models.BooleanField(default=False, verbose_name="首次登录须改密码")),
                (
                    "password_changed_at",
                    models.DateTimeField(default=kechuang.base.clock.now, verbose_name="密码修改时间"),
                ),
                ("created_at", models.DateTimeField(default=kechuang.base.clock.now, verbose_name="建立时间")),
                (
                    "mail_rhythm",
                    models.CharField(
                        choices=[("at_once", "随时发送"), ("daily", "每天早上汇总一封"), ("none", "只发必须知道的事")],
                        default="at_once",
                        max_length=8,
                        verbose_name="邮件",
                    ),
                ),
                ("calendar_key", models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "账号",
                "verbose_name_plural": "账号",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("username", django.db.models.functions.text.Lower("username"))),
                        name="user_username_lower_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("entering", "报名参赛"),
                            ("publicity", "公示姓名"),
                            ("showcase", "作品展示"),
                            ("media", "照片和视频"),
                            ("assessment", "素养测评"),
                            ("talent", "英才档案"),
                            ("research", "去标识化研究"),
                        ],
                        max_length=12,
                        verbose_name="用途",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版本")),
                ("title", models.CharField(max_length=100, verbose_name="标题")),
                ("purpose_and_scope", models.TextField(verbose_name="收集使用的目的、方式和范围")),
                ("storage", models.TextField(verbose_name="存储地点、期限和到期后的处理")),
                ("security", models.TextField(verbose_name="安全保障措施")),
                ("refusal", models.TextField(verbose_name="拒绝的后果")),
                ("complaints", models.TextField(verbose_name="投诉举报的渠道和方式")),
                ("correction", models.TextField(verbose_name="更正、删除的途径和方法")),
                ("effective_from", models.DateField(verbose_name="生效日期")),
                ("asks_again", models.BooleanField(default=False, verbose_name="须重新征得同意")),
                ("written_at", models.DateTimeField(default=kechuang.base.clock.now)),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "同意书文本",
                "verbose_name_plural": "同意书文本",
                "ordering": ["purpose", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("purpose", "version"), name="consenttext_one_per_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="devices", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("key_index", models.CharField(editable=False, max_length=64)),
                ("agent", models.CharField(blank=True, max_length=300)),
                ("first_at", models.DateTimeField(default=kechuang.base.clock.now)),
                ("last_at", models.DateTimeField(default=kechuang.base.clock.now)),
            ],
            options={
                "verbose_name": "登录过的设备",
                "verbose_name_plural": "登录过的设备",
                "constraints": [models.UniqueConstraint(fields=("user", "key_index"), name="device_once_per_user")],
            },
        ),
        migrations.CreateModel(
            name="ExportRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=kechuang.base.ids.new_public_id, editable=False, max_length=32, unique=True
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="内容")),
                ("title", models.CharField(max_length=200, verbose_name="名称")),
                ("args", models.JSONField(blank=True, default=dict)),
                ("reason", models.CharField(max_length=300, verbose_name="用途和理由")),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="申请单位",
                    ),
                ),
                ("scope_path", models.CharField(db_index=True, max_length=255)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待审批"),
                            ("refused", "未批准"),
                            ("approved", "正在生成"),
                            ("ready", "可以下载"),
                            ("expired", "已失效"),
                            ("pulled", "已收回"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("asked_at", models.DateTimeField(default=kechuang.base.clock.now, verbose_name="申请时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
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
                ("refusal", models.CharField(blank=True, max_length=300, verbose_name="不批准的原因")),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="base.storedfile",
                    ),
                ),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("made_at", models.DateTimeField(blank=True, null=True, verbose_name="生成时间")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="失效时间")),
                ("downloads", models.PositiveIntegerField(default=0, verbose_name="下载次数")),
            ],
            options={
                "verbose_name": "导出申请",
                "verbose_name_plural": "导出申请",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["state", "expires_at"], name="exportrequest_expiry")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="exportrequest_decided_by_and_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="exportrequest_by_a_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "ready"]), _negated=True),
                            ("decided_at__isnull", False),
                            _connector="OR",
                        ),
                        name="exportrequest_nothing_without_approval",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrgEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("open", "设立"),
                            ("rename", "更名"),
                            ("move", "划转"),
                            ("merge", "合并"),
                            ("split", "分立"),
                            ("close", "撤销"),
                        ],
                        max_length=8,
                        verbose_name="变更",
                    ),
                ),
                ("on", models.DateField(verbose_name="生效日期")),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="orgs.org"
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="origins",
                        to="orgs.org",
                    ),
                ),
                ("is_heir", models.BooleanField(default=False, verbose_name="承接历史数据")),
                ("old_name", models.CharField(blank=True, max_length=120, verbose_name="原名称")),
                ("new_name", models.CharField(blank=True, max_length=120, verbose_name="新名称")),
                (
                    "old_parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                    ),
                ),
                (
                    "new_parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="依据")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(default=kechuang.base.clock.now, verbose_name="登记时间")),
            ],
            options={
                "verbose_name": "机构变更",
                "verbose_name_plural": "机构变更",
                "ordering": ["on", "pk"],
                "indexes": [models.Index(fields=["org", "on"], name="orgevent_org_on")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["merge", "split"]), ("successor__isnull", False)),
                            models.Q(
                                models.Q(("kind__in", ["merge", "split"]), _negated=True), ("successor__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="orgevent_successor_iff_merge_or_split",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("successor__isnull", True),
                            models.Q(("successor", models.F("org")), _negated=True),
                            _connector="OR",
                        ),
                        name="orgevent_successor_is_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_heir", True)), fields=("org",), name="orgevent_one_heir_per_org"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PasswordUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="password_uses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("password", models.CharField(max_length=128)),
                ("at", models.DateTimeField(default=kechuang.base.clock.now)),
            ],
            options={
                "verbose_name": "用过的密码",
                "verbose_name_plural": "用过的密码",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=kechuang.base.ids.new_public_id, editable=False, max_length=32, unique=True
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="英文姓名")),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="person",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("staff_number", models.CharField(blank=True, max_length=32, verbose_name="工号")),
                ("is_demo", models.BooleanField(default=False, verbose_name="演示数据")),
                ("created_at", models.DateTimeField(default=kechuang.base.clock.now)),
            ],
            options={
                "verbose_name": "人员",
                "verbose_name_plural": "人员",
                "ordering": ["name", "pk"],
                "indexes": [models.Index(fields=["name"], name="person_name")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("staff_number", ""), _negated=True),
                        fields=("staff_number",),
                        name="person_one_per_staff_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClassCharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "teacher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="charges",
                        to="orgs.person",
                        verbose_name="教师",
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
                    "grade",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "一年级"),
                            (2, "二年级"),
                            (3, "三年级"),
                            (4, "四年级"),
                            (5, "五年级"),
                            (6, "六年级"),
                            (7, "初一"),
                            (8, "初二"),
                            (9, "初三"),
                            (10, "高一"),
                            (11, "高二"),
                            (12, "高三"),
                        ],
                        verbose_name="年级",
                    ),
                ),
                ("class_name", models.CharField(blank=True, max_length=20, verbose_name="班级")),
                ("until", models.DateField(verbose_name="截止日期")),
                (
                    "given_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(default=kechuang.base.clock.now)),
            ],
            options={
                "verbose_name": "班级负责人",
                "verbose_name_plural": "班级负责人",
                "ordering": ["grade", "class_name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("teacher", "org", "grade", "class_name"), name="classcharge_once_per_teacher_and_class"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="orgs.person"
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.consenttext"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("entering", "报名参赛"),
                            ("publicity", "公示姓名"),
                            ("showcase", "作品展示"),
                            ("media", "照片和视频"),
                            ("assessment", "素养测评"),
                            ("talent", "英才档案"),
                            ("research", "去标识化研究"),
                        ],
                        max_length=12,
                        verbose_name="用途",
                    ),
                ),
                ("application_ref", models.CharField(blank=True, max_length=64, verbose_name="申报编号")),
                (
                    "answer",
                    models.CharField(
                        choices=[("granted", "同意"), ("refused", "不同意"), ("withdrawn", "撤回同意")],
                        max_length=10,
                        verbose_name="答复",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents_given", to="orgs.person"
                    ),
                ),
                (
                    "answered_as",
                    models.CharField(
                        choices=[("pupil", "学生本人"), ("guardian", "监护人")],
                        max_length=10,
                        verbose_name="答复人身份",
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("father", "父亲"),
                            ("mother", "母亲"),
                            ("grandparent", "祖父母或外祖父母"),
                            ("other", "其他监护人"),
                        ],
                        max_length=12,
                        verbose_name="与学生的关系",
                    ),
                ),
                ("age_then", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="当时年龄")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(default=kechuang.base.clock.now, verbose_name="时间")),
            ],
            options={
                "verbose_name": "同意记录",
                "verbose_name_plural": "同意记录",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["pupil", "purpose"], name="consent_pupil_purpose")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_as", "pupil"), ("relation", "")),
                            models.Q(("answered_as", "guardian"), models.Q(("relation", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="consent_relation_iff_guardian",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DataRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="受理号")),
                (
                    "kind",
                    models.CharField(
                        choices=[("correct", "更正"), ("delete", "删除"), ("explain", "说明和复制")],
                        max_length=10,
                        verbose_name="事项",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="data_requests", to="orgs.person"
                    ),
                ),
                ("scope_path", models.CharField(db_index=True, max_length=255)),
                (
                    "field",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("name", "姓名"),
                            ("name_en", "英文姓名"),
                            ("birth_on", "出生日期"),
                            ("class_name", "班级"),
                            ("phone", "联系电话"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="要更正的内容",
                    ),
                ),
                ("wanted", kechuang.base.crypto.EncryptedCharField(blank=True, verbose_name="应当是")),
                (
                    "part",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("identifiers", "证件号码、学籍号和电话"),
                            ("public", "公开展示的作品、图片和姓名"),
                            ("drafts", "没有提交的申报和附件"),
                            ("everything", "全部（注销账号）"),
                        ],
                        max_length=12,
                        verbose_name="要删除的内容",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="说明")),
                (
                    "state",
                    models.CharField(
                        choices=[("received", "待办理"), ("granted", "已办理"), ("refused", "未予办理")],
                        default="received",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("asked_at", models.DateTimeField(default=kechuang.base.clock.now, verbose_name="收到时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("due_on", models.DateField(verbose_name="答复期限")),
                ("answer", models.TextField(blank=True, verbose_name="答复")),
                ("done", models.JSONField(blank=True, default=dict)),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
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
            ],
            options={
                "verbose_name": "个人信息申请",
                "verbose_name_plural": "个人信息申请",
                "ordering": ["due_on", "pk"],
                "indexes": [models.Index(fields=["state", "due_on"], name="datarequest_due")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at__isnull", True), ("answered_by__isnull", True), ("state", "received")
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("state__in", ["granted", "refused"]),
                            ),
                            _connector="OR",
                        ),
                        name="datarequest_answered_by_and_at",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disclosures", to="orgs.person"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("notice", "公示名单"), ("work", "作品展示"), ("media", "作品的图片和视频")],
                        max_length=8,
                        verbose_name="公开方式",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("entering", "报名参赛"),
                            ("publicity", "公示姓名"),
                            ("showcase", "作品展示"),
                            ("media", "照片和视频"),
                            ("assessment", "素养测评"),
                            ("talent", "英才档案"),
                            ("research", "去标识化研究"),
                        ],
                        max_length=12,
                        verbose_name="用途",
                    ),
                ),
                ("place", models.CharField(max_length=60, verbose_name="编号")),
                ("title", models.CharField(max_length=300, verbose_name="名称")),
                ("shown", models.CharField(max_length=300, verbose_name="公开的内容")),
                ("from_at", models.DateTimeField(default=kechuang.base.clock.now, verbose_name="开始时间")),
                ("until_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("ended_because", models.CharField(blank=True, max_length=200, verbose_name="结束原因")),
            ],
            options={
                "verbose_name": "公开记录",
                "verbose_name_plural": "公开记录",
                "ordering": ["-from_at", "-pk"],
                "indexes": [
                    models.Index(fields=["pupil", "from_at"], name="disclosure_pupil"),
                    models.Index(fields=["kind", "place"], name="disclosure_place"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_at__isnull", True), ("until_at__gte", models.F("from_at")), _connector="OR"
                        ),
                        name="disclosure_until_after_from",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportSubject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "export",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="subjects", to="orgs.exportrequest"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orgs.person"),
                ),
            ],
            options={
                "verbose_name": "导出涉及的人",
                "verbose_name_plural": "导出涉及的人",
                "constraints": [models.UniqueConstraint(fields=("export", "person"), name="exportsubject_once")],
            },
        ),
        migrations.CreateModel(
            name="Guardianship",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "guardian",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="wards", to="orgs.person"
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="guardianships", to="orgs.person"
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("father", "父亲"),
                            ("mother", "母亲"),
                            ("grandparent", "祖父母或外祖父母"),
                            ("other", "其他监护人"),
                        ],
                        max_length=12,
                        verbose_name="关系",
                    ),
                ),
                ("created_at", models.DateTimeField(default=kechuang.base.clock.now)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "监护关系",
                "verbose_name_plural": "监护关系",
                "constraints": [
                    models.UniqueConstraint(fields=("guardian", "pupil"), name="guardianship_once_per_pair"),
                    models.CheckConstraint(
                        condition=models.Q(("guardian", models.F("pupil")), _negated=True),
                        name="guardianship_not_of_oneself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True), ("confirmed_at__isnull", False), _connector="OR"
                        ),
                        name="guardianship_confirmed_by_and_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="link_codes", to="orgs.person"
                    ),
                ),
                ("code_index", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(default=kechuang.base.clock.now)),
                ("expires_at", models.DateTimeField(verbose_name="有效期至")),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "绑定码",
                "verbose_name_plural": "绑定码",
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("office", "本单位查看"), ("support", "技术支持")], max_length=8, verbose_name="方式"
                    ),
                ),
                (
                    "looker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="查看人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looked_at",
                        to="orgs.person",
                        verbose_name="被查看人",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org"),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="分钟")),
                ("asked_at", models.DateTimeField(default=kechuang.base.clock.now)),
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
                ("is_allowed", models.BooleanField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "查看记录",
                "verbose_name_plural": "查看记录",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["org", "decided_at"], name="look_org_decided")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True), ("decided_by__isnull", True), ("is_allowed__isnull", True)
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("is_allowed__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="look_decided_by_and_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends_at__isnull", False), ("is_allowed", True)),
                            models.Q(("is_allowed", True), _negated=True),
                            _connector="OR",
                        ),
                        name="look_allowed_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decided_by", models.F("looker")), ("kind", "support"), _negated=True),
                        name="look_support_allowed_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="orgs.person"
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="orgs.org"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("pupil", "学生"),
                            ("guardian", "监护人"),
                            ("teacher", "教师"),
                            ("school_officer", "学校管理员"),
                            ("school_team_head", "校级工作小组组长"),
                            ("district_officer", "区级管理员"),
                            ("city_officer", "市级管理员"),
                            ("expert", "评审专家"),
                            ("partner_officer", "合作单位管理员"),
                            ("engineer", "工程师"),
                            ("inspector", "督导人员"),
                            ("auditor", "审计管理员"),
                            ("security_admin", "安全管理员"),
                            ("system_admin", "系统管理员"),
                        ],
                        max_length=20,
                        verbose_name="角色",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=60, verbose_name="职务")),
                ("since", models.DateField(verbose_name="开始日期")),
                ("until", models.DateField(blank=True, null=True, verbose_name="截止日期")),
                (
                    "granted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("granted_at", models.DateTimeField(default=kechuang.base.clock.now)),
                (
                    "delegated_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="delegations",
                        to="orgs.membership",
                        verbose_name="委托自",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="委托理由")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "任职",
                "verbose_name_plural": "任职",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["org", "role"], name="membership_org_role")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("until__isnull", True)),
                        fields=("person", "org", "role"),
                        name="membership_one_open_per_role",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("role__in", ["system_admin", "security_admin", "auditor"])
                        ),
                        fields=("person",),
                        name="membership_administrators_are_separate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="membership_until_after_since",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("delegated_from__isnull", True), ("until__isnull", False), _connector="OR"),
                        name="membership_delegated_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("delegated_from__isnull", True),
                            models.Q(("role__in", ["system_admin", "security_admin", "auditor"]), _negated=True),
                            _connector="OR",
                        ),
                        name="membership_administrators_never_delegated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_by__isnull", True), ("ended_at__isnull", False), _connector="OR"),
                        name="membership_ended_by_and_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonalRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="personal", to="orgs.person"
                    ),
                ),
                (
                    "document_type",
                    models.CharField(
                        choices=[
                            ("resident_id", "居民身份证"),
                            ("residence_permit", "港澳台居民居住证"),
                            ("travel_permit", "港澳台居民来往内地通行证"),
                            ("passport", "护照"),
                            ("other", "其他证件"),
                        ],
                        default="resident_id",
                        max_length=20,
                        verbose_name="证件类型",
                    ),
                ),
                ("document_number", kechuang.base.crypto.EncryptedCharField(blank=True, verbose_name="证件号码")),
                ("document_index", models.CharField(blank=True, editable=False, max_length=64)),
                ("xueji", kechuang.base.crypto.EncryptedCharField(blank=True, verbose_name="学籍号")),
                ("xueji_index", models.CharField(blank=True, editable=False, max_length=64)),
                ("phone", kechuang.base.crypto.EncryptedCharField(blank=True, verbose_name="联系电话")),
            ],
            options={
                "verbose_name": "敏感信息",
                "verbose_name_plural": "敏感信息",
                "indexes": [
                    models.Index(fields=["document_index"], name="personalrecord_document"),
                    models.Index(fields=["xueji_index"], name="personalrecord_xueji"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("document_index", ""), _negated=True),
                        fields=("document_index",),
                        name="personalrecord_one_per_document",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("xueji_index", ""), _negated=True),
                        fields=("xueji_index",),
                        name="personalrecord_one_per_xueji",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PupilRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pupil", to="orgs.person"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pupils",
                        to="orgs.org",
                        verbose_name="学校",
                    ),
                ),
                (
                    "grade",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "一年级"),
                            (2, "二年级"),
                            (3, "三年级"),
                            (4, "四年级"),
                            (5, "五年级"),
                            (6, "六年级"),
                            (7, "初一"),
                            (8, "初二"),
                            (9, "初三"),
                            (10, "高一"),
                            (11, "高二"),
                            (12, "高三"),
                        ],
                        verbose_name="年级",
                    ),
                ),
                ("class_name", models.CharField(blank=True, max_length=20, verbose_name="班级")),
                ("enrol_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="入学年份")),
                ("birth_on", models.DateField(blank=True, null=True, verbose_name="出生日期")),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="离校日期")),
            ],
            options={
                "verbose_name": "学生信息",
                "verbose_name_plural": "学生信息",
                "indexes": [
                    models.Index(fields=["school", "grade", "class_name"], name="pupil_school_class"),
                    models.Index(fields=["school", "birth_on"], name="pupil_school_birth"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("grade__gte", 1), ("grade__lte", 12)), name="pupilrecord_grade_1_to_12"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Relationship",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="relationships", to="orgs.person"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orgs.person"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("relative", "亲属"),
                            ("adviser", "指导教师"),
                            ("supervisor", "导师"),
                            ("coauthor", "合作者"),
                            ("colleague", "同事"),
                            ("other", "其他利害关系"),
                        ],
                        max_length=12,
                        verbose_name="关系",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "declared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("declared_at", models.DateTimeField(default=kechuang.base.clock.now)),
            ],
            options={
                "verbose_name": "利害关系",
                "verbose_name_plural": "利害关系",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "other", "kind"), name="relationship_once_per_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("other")), _negated=True),
                        name="relationship_with_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30, unique=True, verbose_name="数据种类")),
                ("days", models.PositiveIntegerField(verbose_name="保存天数")),
                ("is_automatic", models.BooleanField(default=False, verbose_name="到期自动删除")),
                ("set_at", models.DateTimeField(default=kechuang.base.clock.now)),
                (
                    "set_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "保存期限",
                "verbose_name_plural": "保存期限",
            },
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(default=kechuang.base.clock.now, verbose_name="开始时间")),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("kinds", models.JSONField(default=list)),
                ("due", models.JSONField(default=dict)),
                ("done", models.JSONField(default=dict)),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
            ],
            options={
                "verbose_name": "到期删除",
                "verbose_name_plural": "到期删除",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="RosterUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=kechuang.base.ids.new_public_id, editable=False, max_length=32, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("pupils", "学生名册"), ("teachers", "教师名册"), ("schools", "学校名册")],
                        max_length=10,
                        verbose_name="名册",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="roster_uploads", to="orgs.org"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.storedfile"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "正在检查"),
                            ("checked", "检查完毕"),
                            ("taken", "已导入"),
                            ("undone", "已撤回"),
                            ("failed", "无法读取"),
                        ],
                        default="checking",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("error", models.TextField(blank=True, verbose_name="错误")),
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
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(default=kechuang.base.clock.now, verbose_name="上传时间")),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="导入时间")),
            ],
            options={
                "verbose_name": "名册上传",
                "verbose_name_plural": "名册上传",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="RosterRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="orgs.rosterupload"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="行号")),
                ("sealed", kechuang.base.crypto.EncryptedCharField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("good", "可以导入"),
                            ("warning", "可以导入，请留意"),
                            ("refused", "不能导入"),
                            ("taken", "已导入"),
                            ("undone", "已撤回"),
                        ],
                        max_length=8,
                        verbose_name="检查结果",
                    ),
                ),
                ("reasons", models.JSONField(blank=True, default=list, verbose_name="说明")),
                ("is_update", models.BooleanField(default=False, verbose_name="更新已有人员")),
                ("before", kechuang.base.crypto.EncryptedCharField(blank=True)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="orgs.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "名册行",
                "verbose_name_plural": "名册行",
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("upload", "number"), name="rosterrow_one_per_number")],
            },
        ),
        migrations.CreateModel(
            name="SignInCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(choices=[("guardian", "监护人注册")], default="guardian", max_length=12)),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sign_in_codes", to="orgs.person"
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("father", "父亲"),
                            ("mother", "母亲"),
                            ("grandparent", "祖父母或外祖父母"),
                            ("other", "其他监护人"),
                        ],
                        default="other",
                        max_length=12,
                        verbose_name="关系",
                    ),
                ),
                ("code_index", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("issued_at", models.DateTimeField(default=kechuang.base.clock.now)),
                ("expires_at", models.DateTimeField(verbose_name="有效期至")),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "used_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="orgs.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "注册码",
                "verbose_name_plural": "注册码",
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=kechuang.base.ids.new_public_id, editable=False, max_length=32, unique=True
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="orgs.person",
                        verbose_name="学生",
                    ),
                ),
                (
                    "from_school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="原学校",
                    ),
                ),
                (
                    "to_school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="新学校",
                    ),
                ),
                (
                    "grade",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "一年级"),
                            (2, "二年级"),
                            (3, "三年级"),
                            (4, "四年级"),
                            (5, "五年级"),
                            (6, "六年级"),
                            (7, "初一"),
                            (8, "初二"),
                            (9, "初三"),
                            (10, "高一"),
                            (11, "高二"),
                            (12, "高三"),
                        ],
                        verbose_name="转入年级",
                    ),
                ),
                ("class_name", models.CharField(blank=True, max_length=20, verbose_name="转入班级")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待原学校确认"),
                            ("done", "已转入"),
                            ("refused", "原学校未同意"),
                            ("withdrawn", "已撤回申请"),
                            ("undone", "已退回原学校"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("asked_at", models.DateTimeField(default=kechuang.base.clock.now, verbose_name="提出时间")),
                ("due_on", models.DateField(verbose_name="答复期限")),
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
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="理由")),
                ("before", models.JSONField(blank=True, default=dict)),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="退回时间")),
            ],
            options={
                "verbose_name": "转学",
                "verbose_name_plural": "转学",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")), fields=("pupil",), name="transfer_one_waiting_per_pupil"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_school", models.F("to_school")), _negated=True),
                        name="transfer_between_two_schools",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="transfer_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state__in", ("done", "refused", "undone")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("done", "refused", "undone")), _negated=True),
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="transfer_decided_by_and_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "undone"), ("undone_at__isnull", False), ("undone_by__isnull", False)),
                            models.Q(
                                models.Q(("state", "undone"), _negated=True),
                                ("undone_at__isnull", True),
                                ("undone_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="transfer_undone_by_and_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="YearChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="year_changes", to="orgs.org"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="学年")),
                ("promoted", models.JSONField(default=list)),
                ("graduated", models.JSONField(default=list)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(default=kechuang.base.clock.now, verbose_name="办理时间")),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "学年升级",
                "verbose_name_plural": "学年升级",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("school", "year"),
                        name="yearchange_once_per_school_and_year",
                    )
                ],
            },
        ),
    ]
